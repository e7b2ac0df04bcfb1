/// Words of the dialect.
enum ImagesWords {
    /// `response_format` for an answer with data URLs.
    static let url = "url"
    static let base64 = "b64_json"

    /// The model when the client names none.
    static let defaultModel = "gemini-3-pro-image"

    /// What an answer repeats of a request that says nothing.
    static let emptyEcho = Array(#""quality":null,"size":null"#.utf8)

    /// What the model is told about a mask.
    static let maskExplanation = """
        The image after this text is a mask over the first image. Change only what lies under its transparent area, and keep \
        everything else as it is.
        """

    /// `output_format` for a type.
    static func format(of mimeType: String) -> String {
        switch mimeType {
        case "image/jpeg": "jpeg"
        case "image/webp": "webp"
        default: "png"
        }
    }
}
