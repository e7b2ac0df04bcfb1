/// MIME types from what is at hand when a client names none.
enum MediaType {
    /// By the first bytes of the data, read in base64: every pattern begins at a multiple of three bytes.
    static func sniff(_ data: Base64Text) -> String? {
        let text = data.beginning(16)
        return signatures.first { text.starts(with: $0.start.utf8) }?.type
    }

    private static let signatures: [(start: String, type: String)] = [
        ("iVBORw0KGg", "image/png"), ("/9j/", "image/jpeg"), ("R0lGOD", "image/gif"), ("UklGR", "image/webp"),
        ("JVBERi0", "application/pdf"),
    ]

    /// By the extension of a file name; nil if it says nothing.
    static func ofFile(named name: String) -> String? {
        guard let dot = name.lastIndex(of: ".") else { return nil }
        let word = name[name.index(after: dot)...].lowercased()
        return byExtension[word] ?? (textExtensions.contains(word) ? "text/plain" : nil)
    }

    private static let byExtension = [
        "pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif",
        "webp": "image/webp", "mp3": "audio/mpeg", "wav": "audio/wav", "mp4": "video/mp4",
    ]

    private static let textExtensions: Set<String> = [
        "txt", "md", "csv", "json", "xml", "html", "htm", "css", "js", "ts", "py", "swift", "c", "h", "cpp", "java",
        "go", "rs", "rb", "sh", "yaml", "yml", "toml", "log", "sql",
    ]

    /// By the `format` word of an `input_audio` part (OpenAI API reference, "Chat: audio input").
    static func ofAudio(format: String) -> String {
        switch format.lowercased() {
        case "mp3": "audio/mpeg"
        case "pcm16": "audio/pcm"
        case let word: "audio/" + word
        }
    }

    /// Of a recording, by the extension of its file name (OpenAI API reference, "Create transcription"); nil for others.
    static func ofRecording(named name: String) -> String? {
        guard let dot = name.lastIndex(of: ".") else { return nil }
        return recordings[name[name.index(after: dot)...].lowercased()]
    }

    /// Whether recordings of this type are taken.
    static func isRecording(_ type: String) -> Bool { recordings.values.contains(type) }

    private static let recordings = [
        "mp3": "audio/mpeg", "mpga": "audio/mpeg", "mpeg": "audio/mpeg", "wav": "audio/wav", "m4a": "audio/mp4",
        "mp4": "audio/mp4", "ogg": "audio/ogg", "oga": "audio/ogg", "opus": "audio/ogg", "flac": "audio/flac",
        "aac": "audio/aac", "webm": "audio/webm", "aiff": "audio/aiff", "aif": "audio/aiff",
    ]

    /// The type of a picture as the upstream takes it; nil for types that it does not.
    static func ofImage(named type: String) -> String? {
        let type = otherNames[type] ?? type
        return images.contains(type) ? type : nil
    }

    /// Names that clients have for what has another one.
    private static let otherNames = [
        "image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg", "image/x-png": "image/png",
    ]

    /// The type of a file that came under some name: its own where the upstream takes that, else what the extension says, else
    /// plain text for any kind of text. Browsers call a `.ts` a video.
    static func ofFile(typed type: String, named name: String?) -> String {
        if remoteFiles.contains(type) || isRecording(type) { return type }
        if let picture = ofImage(named: type) { return picture }
        if let own = name.flatMap({ ofFile(named: $0) }) { return own }
        return type.hasPrefix("text/") ? "text/plain" : type
    }

    /// The type of a document, a sound or a video at an address as the upstream takes it; nil for types that it does not, and
    /// for web pages, which mostly are not what the client means.
    static func ofRemoteFile(named type: String) -> String? { remoteFiles.contains(type) ? type : nil }

    /// Gemini API, "Document / Audio / Video understanding".
    private static let remoteFiles: Set<String> = [
        "application/pdf", "application/json", "text/plain", "text/markdown", "text/csv", "text/xml", "text/css",
        "text/javascript", "audio/wav", "audio/x-wav", "audio/mp3", "audio/mpeg", "audio/aiff", "audio/aac",
        "audio/ogg",
        "audio/flac", "audio/mp4", "audio/webm", "video/mp4", "video/mpeg", "video/quicktime", "video/webm",
        "video/3gpp",
    ]

    /// Gemini API, "Image understanding".
    private static let images: Set<String> = [
        "image/png", "image/jpeg", "image/webp", "image/heic", "image/heif", "image/gif",
    ]
}
