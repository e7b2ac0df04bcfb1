import APIErrors
import JSON
import Translation

/// `POST /v1/models/detect`: what a model name would come to, without asking the model.
nonisolated enum ModelDetection {
    /// - Throws: a 400 without a model, a 404 for one that the policy refuses.
    static func answer(_ body: RequestBody, router: ModelRouter) throws(APIFailure) -> [UInt8] {
        guard let name = try body.object()["model"]?.string, !name.isEmpty else {
            throw .badRequest("model is required", param: "model")
        }
        var request = GenerationRequest(clientModel: name)
        let model = try router.route(&request)
        let searches = request.search != nil && !model.target.isImage
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("model", name)
        writer.field("mapped_model", model.target.id)
        writer.field("type", literal: model.target.isImage ? "image_gen" : searches ? "web_search" : "agent")
        writer.name("features")
        writer.beginObject()
        writer.field("has_web_search", searches)
        writer.field("is_image_gen", model.target.isImage)
        writer.endObject()
        if model.target.isImage { writeConfig(request.image, into: &writer) }
        writer.endObject()
        return writer.bytes
    }

    private static func writeConfig(_ image: ImageWish, into writer: inout JSONWriter) {
        writer.name("config")
        writer.beginObject()
        writer.name("imageConfig")
        writer.beginObject()
        if let ratio = image.aspectRatio { writer.field("aspectRatio", ratio) }
        if let size = image.size { writer.field("imageSize", size) }
        writer.endObject()
        writer.endObject()
    }
}
