/// A small picture, for models that make images.
nonisolated enum SampleImage {
    /// PNG, one grey pixel.
    static let base64 =
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=="
    static let mimeType = "image/png"
}
