import JSON

/// The `metadata` object of the set-up calls: what kind of client asks. A setting, since the service treats kinds differently.
public struct CodeAssistMetadata: Sendable, Equatable {
    public var value: JSONObject

    public init(_ value: JSONObject) { self.value = value }

    public static let standard = CodeAssistMetadata(["ideType": "ANTIGRAVITY"])
}
