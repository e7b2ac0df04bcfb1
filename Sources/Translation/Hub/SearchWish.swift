/// Search grounding with its limits.
public struct SearchWish: Sendable, Equatable {
    /// Domains the results must come from; empty: all.
    public var includedDomains: [String] = []

    public init() {}
}

/// Settings of an image model.
public struct ImageWish: Sendable, Equatable {
    /// One of the listed ratios (`16:9`).
    public var aspectRatio: String?
    /// `1K`, `2K` or `4K`.
    public var size: String?

    public init() {}
}
