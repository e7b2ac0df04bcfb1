import APIErrors
import HTTP
import JSON

/// Reads requests for images. Options that no image model has are accepted and ignored: `style`, `background`,
/// `output_format`, `moderation`, `user`.
enum ImagesRequestDecoder {
    /// Images for one request. Each is an upstream call of its own.
    static let choiceCountMax = 10
    static let concurrentChoicesMax = 4
    /// Longest `size` and `quality` that the answer repeats, in bytes.
    static let echoSizeMaxBytes = 64

    static func decodeGeneration(_ body: RequestBody) throws(APIFailure) -> GenerationRequest {
        let options: OptionReader =
            switch body {
            case .json: OptionReader(object: try body.object())
            case .multipart(let form): OptionReader(form: form)
            }
        var request = try request(options)
        request.turns = [Turn(role: .user, parts: [.text(try prompt(options))])]
        request.image.fallbackAspectRatio = "1:1"
        return request
    }

    static func decodeEdit(_ body: RequestBody) throws(APIFailure) -> GenerationRequest {
        let options: OptionReader
        var parts: [Turn.Part] = []
        switch body {
        case .json:
            let object = try body.object()
            options = OptionReader(object: object)
            parts = try EditImages.parts(in: object)
        case .multipart(let form):
            options = OptionReader(form: form)
            parts = try EditImages.parts(in: form)
        }
        var request = try request(options)
        request.turns = [Turn(role: .user, parts: [.text(try prompt(options))] + parts)]
        return request
    }

    private static func prompt(_ options: OptionReader) throws(APIFailure) -> JSONString {
        guard let prompt = try options.text("prompt"), !prompt.isEmpty else {
            throw .badRequest("prompt is required", param: "prompt")
        }
        return prompt
    }

    /// Everything but what is shown and said to the model.
    private static func request(_ options: OptionReader) throws(APIFailure) -> GenerationRequest {
        var request = GenerationRequest(clientModel: try options.word("model") ?? ImagesWords.defaultModel)
        request.purpose = .image
        request.toleratesLostChoices = true
        request.concurrentChoicesMax = concurrentChoicesMax
        if let count = try options.int("n") {
            guard (1...choiceCountMax).contains(count) else {
                throw options.refuse("n", "must be between 1 and \(choiceCountMax)")
            }
            request.choiceCount = count
        }
        request.streams = try options.bool("stream") ?? false
        if let form = try options.word("response_format") {
            guard form == ImagesWords.url || form == ImagesWords.base64 else {
                throw options.refuse("response_format", "must be \(ImagesWords.url) or \(ImagesWords.base64)")
            }
            request.answerForm = form
        }
        try readForm(options, into: &request)
        return request
    }

    private static func readForm(_ options: OptionReader, into request: inout GenerationRequest) throws(APIFailure) {
        let size = try options.word("size")
        let quality = try options.word("quality")
        if let ratio = try options.word("aspect_ratio"), ImageWish.aspectRatios.contains(ratio) {
            request.image.aspectRatio = ratio
        } else {
            request.image.aspectRatio = size.flatMap(ImageForm.aspectRatio)
        }
        var named = try options.word("image_size")
        if named == nil { named = try options.word("imageSize") }
        request.image.size = named.flatMap(ImageForm.size(named:)) ?? quality.flatMap(ImageForm.size(quality:))
        request.echo = echo(quality: quality, size: size)
    }

    /// `"quality":"hd","size":null`.
    private static func echo(quality: String?, size: String?) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        for (name, value) in [("quality", quality), ("size", size)] as [(StaticString, String?)] {
            writer.name(name)
            if let value, value.utf8.count <= echoSizeMaxBytes { writer.string(value) } else { writer.null() }
        }
        writer.endObject()
        return Array(writer.bytes.dropFirst().dropLast())
    }
}
