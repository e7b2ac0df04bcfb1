import GoogleAPI
import JSON

nonisolated extension StrictRules {
    /// Rules for models that make images, and against image settings elsewhere.
    static let images: [StrictRule] = [
        StrictRule("image-config", "image settings are for image models") { call in
            guard call.imageConfig != nil, !call.facts.isImage else { return nil }
            return .init(imagePath, "image_config is not supported by \(call.model).")
        },
        StrictRule("image-ratio", "the aspect ratio is one of ten") { call in
            guard let ratio = call.imageConfig?.field("aspectRatio", "aspect_ratio")?.string else { return nil }
            let known = ["1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9"]
            return known.contains(ratio)
                ? nil : .init("\(imagePath).aspect_ratio", "Invalid aspect ratio \(ratio.prefix(20)).")
        },
        StrictRule("image-size", "the size is 1K, 2K or 4K, and only for Gemini 3") { call in
            guard let size = call.imageConfig?.field("imageSize", "image_size")?.string else { return nil }
            return ["1K", "2K", "4K"].contains(size) && !call.model.hasPrefix("gemini-2")
                ? nil : .init("\(imagePath).image_size", "Invalid image size \(size.prefix(20)).")
        },
        StrictRule("image-extras", "image models take no tools, no system instruction and no response type") { call in
            guard call.facts.isImage else { return nil }
            if call.request?.field("toolConfig", "tool_config") != nil {
                return .init("request.tool_config", "Function calling is not enabled for \(call.model).")
            }
            if !call.tools.isEmpty { return .init("request.tools", "Tools are not supported by \(call.model).") }
            if call.system != nil {
                return .init("request.system_instruction", "Developer instruction is not enabled for \(call.model).")
            }
            if call.config?.field("responseMimeType", "response_mime_type") != nil {
                return .init("request.generation_config", "JSON mode is not enabled for \(call.model).")
            }
            return nil
        },
    ]

    static let imagePath = "request.generation_config.image_config"
}

nonisolated extension UpstreamCall {
    var imageConfig: JSONNode? { config?.field("imageConfig", "image_config") }
}
