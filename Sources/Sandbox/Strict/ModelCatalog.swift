import GoogleAPI

/// The models that every account of this service offers.
nonisolated enum ModelCatalog {
    static let models = ModelFacts.known
    private static let ids = Set(models.map(\.id)).union(["gemini-2.5-flash-image", "gemini-2.0-flash"])

    static func offers(_ id: String) -> Bool { ids.contains(id) }

    /// What the public Gemini API offers: previews under their own names, no Claude, no levels in names.
    static let publicIDs = [
        "gemini-3-pro-preview", "gemini-3-flash-preview", "gemini-3-pro-image-preview", "gemini-3.1-pro-preview",
        "gemini-3.1-flash-image-preview", "gemini-2.5-pro", "gemini-2.5-flash", "gemini-2.5-flash-lite",
        "gemini-2.5-flash-image", "gemini-2.0-flash",
    ]
    static let embeddingIDs = ["gemini-embedding-001"]
}
