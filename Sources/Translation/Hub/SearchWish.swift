/// Search grounding with its limits.
public struct SearchWish: Sendable, Equatable {
    /// Domains the results must come from; empty: all.
    public var includedDomains: [String] = []
    /// Most results to look at; nil leaves it to the upstream.
    public var resultCountMax: Int?

    public init() {}
}
