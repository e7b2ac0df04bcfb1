import JSON

/// `onboardUser`: asks for a project. The answer is a long-running operation, asked again until it is done.
public enum OnboardUser {
    public static let method = "onboardUser"
    /// How often an operation that is not done is asked again, and the pause between.
    public static let pollCountMax = 12
    public static let pollPauseSeconds = 2

    /// - Parameter project: only for tiers that need the user's own; with the free tier it is refused.
    public static func encode(
        tierID: String, project: String? = nil, metadata: CodeAssistMetadata = .standard
    ) -> [UInt8] {
        var request: JSONObject = ["tierId": .string(tierID)]
        if let project, !project.isEmpty { request.append("cloudaicompanionProject", .string(project)) }
        request.append("metadata", .object(metadata.value))
        return JSONValue.object(request).serialized
    }

    /// For the answer to the call and to every later look at the operation.
    public static func decode(_ document: JSONDocument) -> Onboarding {
        let root = document.root
        if let error = root["error"], error.kind == .object {
            return .failed(ClientText.redact(error["message"]?.filledString ?? "onboarding failed"))
        }
        if root["done"]?.bool == true {
            let project = root["response"]?["cloudaicompanionProject"]?.projectID
            return .done(project: project ?? root["cloudaicompanionProject"]?.projectID)
        }
        return .pending(operation: root["name"]?.filledString.flatMap(Self.operationName))
    }

    /// A name that may be put into a path: it came from the peer.
    private static func operationName(_ text: String) -> String? {
        let isPlain = text.utf8.allSatisfy { byte in
            byte == UInt8(ascii: "/") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
                || byte == UInt8(ascii: ".") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        }
        return isPlain && text.utf8.count <= 512 && !text.contains("..") ? text : nil
    }
}

/// State of an onboarding operation.
public enum Onboarding: Sendable, Equatable {
    /// `project` is nil if the account got none.
    case done(project: String?)
    /// GET the operation, or repeat the call when it has no name.
    case pending(operation: String?)
    case failed(String)
}
