import APIErrors
import JSON

/// Members of Google's `generationConfig` that no other dialect has, in Google's spelling. Claude takes none of them.
public struct NativeSettings: Sendable {
    /// Complete members, each known to the upstream.
    public var members: [(name: StaticString, value: RawJSON)] = []

    public init() {}
}

/// Contents that Google keeps under a name (`cachedContents/...`).
public struct CachedContent: Sendable {
    public var name: JSONString
    /// Where it stands in the client's body, for refusals.
    public var path: String

    /// What who cannot use them says.
    var refusal: APIFailure {
        APIFailure(.unsupported, message: "\(path): cached contents are not supported", param: path)
    }
}

/// Tools that run on Google's side. Beside function tools or search they are left out: the upstream refuses the mixture.
public enum HostedTool: Sendable, CaseIterable {
    case codeExecution
    case urlContext
}
