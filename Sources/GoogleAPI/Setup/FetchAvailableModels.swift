import JSON

/// `fetchAvailableModels`: the models of an account with what is left of each one's quota.
public enum FetchAvailableModels {
    public static let method = "fetchAvailableModels"
    /// Models read from one answer; the service lists some dozens.
    static let modelCountMax = 1024

    /// - Parameter project: nil sends `{}`, also the second try after a 403 with a project.
    public static func encode(project: String?) -> [UInt8] {
        guard let project, !project.isEmpty else { return [UInt8]("{}".utf8) }
        return JSONValue.object(["project": .string(project)]).serialized
    }

    /// Sorted by id; models that are no chat or image models are left out.
    public static func decode(_ document: JSONDocument) -> AvailableModels { AvailableModels(document.root) }
}

/// What an account may use.
public struct AvailableModels: Sendable, Equatable {
    public let models: [AvailableModel]
    /// Old id -> its replacement.
    public let deprecated: [String: String]

    init(_ root: JSONNode) {
        var models: [AvailableModel] = []
        if let table = root["models"] {
            for (name, value) in table.members.prefix(FetchAvailableModels.modelCountMax) {
                guard let id = name.string, Self.isOffered(id) else { continue }
                models.append(AvailableModel(id: id, value))
            }
        }
        self.models = models.sorted { $0.id < $1.id }
        var deprecated: [String: String] = [:]
        if let table = root["deprecatedModelIds"] {
            for (name, value) in table.members.prefix(FetchAvailableModels.modelCountMax) {
                guard let old = name.string, let new = value["newModelId"]?.filledString ?? value.filledString
                else { continue }
                deprecated[old] = new
            }
        }
        self.deprecated = deprecated
    }

    private static func isOffered(_ id: String) -> Bool {
        let lower = id.lowercased()
        return ["gemini", "claude", "gpt", "image"].contains { lower.hasPrefix($0) }
    }
}
