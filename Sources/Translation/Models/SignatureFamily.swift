import GoogleAPI

/// Who can read a thought signature: `claude`, or `gemini-<major.minor>`. Sending it elsewhere is refused.
public struct SignatureFamily: Sendable, Hashable {
    public var name: String

    public init(name: String) { self.name = name }

    public init(modelID: String) {
        let id = modelID.lowercased()
        if id.hasWord("claude") {
            name = "claude"
            return
        }
        guard id.hasPrefix("gemini-") else {
            name = id
            return
        }
        let version = id.utf8.dropFirst("gemini-".utf8.count).prefix { (0x30...0x39).contains($0) || $0 == 0x2E }
        name = version.isEmpty ? "gemini" : "gemini-\(Substring(version))"
    }
}
