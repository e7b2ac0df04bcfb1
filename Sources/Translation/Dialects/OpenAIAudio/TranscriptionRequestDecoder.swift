import APIErrors
import HTTP
import JSON

/// Reads a form with a recording. Options without a counterpart are accepted and ignored: `timestamp_granularities`,
/// `include`, `chunking_strategy`.
enum TranscriptionRequestDecoder {
    /// What Google takes inline in one request; base64 makes 20 MiB of it.
    static let fileSizeMaxBytes = 15 * 1024 * 1024
    /// The model when the client names none.
    static let defaultModel = "whisper-1"
    /// Longest `language`, in bytes: a code or a name.
    static let languageSizeMaxBytes = 64

    static func decode(_ form: MultipartForm) throws(APIFailure) -> GenerationRequest {
        let options = OptionReader(form: form)
        var request = GenerationRequest(clientModel: try options.word("model") ?? defaultModel)
        request.purpose = .transcription
        request.thinking = .off
        request.showsThinking = false
        request.sampling.temperature = try options.number("temperature")
        let format = try format(options)
        request.answerForm = format.rawValue
        request.streams = try options.bool("stream") ?? false
        guard !request.streams || format.streams else {
            throw options.refuse("stream", "is for the response formats json and text")
        }
        let language = try language(options)
        request.echo = echo(language: language)
        var parts: [Turn.Part] = [
            .text(TranscriptionInstruction.text(isTimed: format.isTimed, language: language))
        ]
        if let prompt = try options.text("prompt") { parts.append(.text(TranscriptionInstruction.context(prompt))) }
        parts.append(.media(try recording(form)))
        request.turns = [Turn(role: .user, parts: parts)]
        return request
    }

    private static func format(_ options: OptionReader) throws(APIFailure) -> TranscriptFormat {
        guard let word = try options.word("response_format") else { return .json }
        guard let format = TranscriptFormat(rawValue: word) else {
            let known = TranscriptFormat.allCases.map(\.rawValue).joined(separator: ", ")
            throw options.refuse("response_format", "must be one of \(known)")
        }
        return format
    }

    private static func language(_ options: OptionReader) throws(APIFailure) -> String? {
        guard let language = try options.word("language") else { return nil }
        guard language.utf8.count <= languageSizeMaxBytes else { throw options.refuse("language", "is too long") }
        return language
    }

    private static func recording(_ form: MultipartForm) throws(APIFailure) -> Media {
        guard let part = form.parts.last(where: { $0.name == "file" }) else {
            throw .badRequest("file is required", param: "file")
        }
        guard !part.body.isEmpty else { throw .badRequest("file: the file is empty", param: "file") }
        guard part.body.count <= fileSizeMaxBytes else {
            throw APIFailure(.tooLarge, message: "file: a recording may have 15 MiB", param: "file")
        }
        return Media(mimeType: try type(part), data: Base64Text(part, of: form))
    }

    /// By the extension; by the part's own type only for a file without one.
    private static func type(_ part: MultipartPart) throws(APIFailure) -> String {
        let name = part.fileName ?? ""
        if let type = MediaType.ofRecording(named: name) { return type }
        if !name.contains("."), let type = part.contentType, MediaType.isRecording(type) { return type }
        throw .badRequest(
            "file: must be a recording whose name ends in mp3, mpga, mpeg, wav, m4a, mp4, ogg, oga, opus, flac, aac, webm, "
                + "aiff or aif", param: "file")
    }

    /// `"language":"de"`: what `verbose_json` repeats.
    private static func echo(language: String?) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("language", language ?? "unknown")
        writer.endObject()
        return Array(writer.bytes.dropFirst().dropLast())
    }
}
