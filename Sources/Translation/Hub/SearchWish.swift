/// Search grounding with its limits.
public struct SearchWish: Sendable, Equatable {
    /// Domains the results must come from; empty: all.
    public var includedDomains: [String] = []

    public init() {}
}
