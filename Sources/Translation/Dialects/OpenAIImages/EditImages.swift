import APIErrors
import HTTP
import JSON

/// The pictures of an edit: what is to be changed, and the mask behind a text that explains it.
enum EditImages {
    /// OpenAI API reference, "Create image edit".
    static let countMax = 16

    static func parts(in form: MultipartForm) throws(APIFailure) -> [Turn.Part] {
        var pictures = Pictures()
        for part in form.parts where part.name == "image" || isElement(part.name) {
            try pictures.add(try media(part, of: form), param: part.name)
        }
        if let mask = form.parts.last(where: { $0.name == "mask" }), !mask.body.isEmpty || mask.fileName != nil {
            try pictures.set(mask: try media(mask, of: form))
        }
        return try pictures.parts()
    }

    /// JSON with URLs: `image` or `images`, each one picture or several, as a string or as an object with `image_url`.
    static func parts(in body: JSONNode) throws(APIFailure) -> [Turn.Part] {
        var pictures = Pictures()
        for name in ["image", "images", "image[]"] as [StaticString] {
            guard let node = body.given(name) else { continue }
            for picture in node.kind == .array ? Array(node.elements) : [node] {
                try pictures.add(try media(picture), param: picture.path)
            }
        }
        if let mask = body.given("mask") { try pictures.set(mask: try media(mask)) }
        return try pictures.parts()
    }

    /// `image[]`, `image[0]`.
    private static func isElement(_ name: String) -> Bool { name.hasPrefix("image[") && name.hasSuffix("]") }

    private static func media(_ part: MultipartPart, of form: MultipartForm) throws(APIFailure) -> Media {
        guard !part.body.isEmpty else { throw .badRequest("\(part.name): the file is empty", param: part.name) }
        let data = Base64Text(part, of: form)
        guard let type = part.contentType.flatMap(MediaType.ofImage) ?? MediaType.sniff(data).flatMap(MediaType.ofImage)
        else {
            throw .badRequest("\(part.name): must be a PNG, JPEG, WebP, GIF, HEIC or HEIF image", param: part.name)
        }
        return Media(mimeType: type, data: data)
    }

    private static func media(_ node: JSONNode) throws(APIFailure) -> Media {
        var media: Media
        switch node.kind {
        case .string: media = try MediaReader.media(fromURL: node, sniffs: true)
        case .object: media = try MediaReader.media(at: node, "image_url", sniffs: true)
        default: throw RequestReading.refuse(node, "must be a data URL or an http or https address")
        }
        // Judged when it is here.
        if media.data.remote != nil { return media }
        guard let type = MediaType.ofImage(named: media.mimeType) else {
            throw RequestReading.refuse(node, "must be a PNG, JPEG, WebP, GIF, HEIC or HEIF image")
        }
        guard media.data.count > 0 else { throw RequestReading.refuse(node, "is empty") }
        media.mimeType = type
        return media
    }

    /// Collects the pictures within their bounds.
    private struct Pictures {
        private var images: [Media] = []
        private var mask: Media?
        private var limit = InlineLimit()

        mutating func add(_ media: Media, param: String) throws(APIFailure) {
            guard images.count < countMax else {
                throw .badRequest("\(param): at most \(countMax) images are taken", param: param)
            }
            try limit.add(media, param: param)
            images.append(media)
        }

        mutating func set(mask media: Media) throws(APIFailure) {
            try limit.add(media, param: "mask")
            mask = media
        }

        func parts() throws(APIFailure) -> [Turn.Part] {
            guard !images.isEmpty else { throw .badRequest("image is required", param: "image") }
            let explained: [Turn.Part] =
                mask.map { [.text(JSONString(ImagesWords.maskExplanation)), .media($0)] } ?? []
            return images.map(Turn.Part.media) + explained
        }
    }
}
