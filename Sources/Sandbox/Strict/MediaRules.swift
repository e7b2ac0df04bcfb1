import GoogleAPI
import JSON

nonisolated extension StrictRules {
    /// Rules for what is shown to the model.
    static let media: [StrictRule] = [
        StrictRule("file-data", "files are sent inline to Code Assist", methods: StrictRule.everything) { call in
            guard call.api == .codeAssist, let part = call.parts.first(where: { $0.payload == .fileData }) else {
                return nil
            }
            return .init(part.path, "Unsupported file uri.")
        },
        StrictRule("blob-mime", "inline data names a supported media type", methods: StrictRule.everything) { call in
            for (path, blob) in call.blobs {
                let type = blob.field("mimeType", "mime_type")?.string ?? ""
                if !MediaType.isSupported(type) {
                    return .init(
                        "\(path).mime_type",
                        "Unable to submit request because it has an unsupported mimeType: \(type.prefix(80)).")
                }
            }
            return nil
        },
        StrictRule(
            "blob-base64", "inline data is standard base64 with padding and without line breaks",
            methods: StrictRule.everything
        ) { call in
            for (path, blob) in call.blobs where blob.field("data").map({ !Base64.isStandard($0) }) ?? true {
                return .init("\(path).data", "Invalid value at '\(path).data' (TYPE_BYTES), Base64 decoding failed.")
            }
            return nil
        },
        StrictRule("inline-size", "the inline data of a request has at most 20 MiB in base64") { call in
            var size = 0
            for (path, blob) in call.blobs {
                size += blob.field("data")?.withRawBytes { $0.count - 2 } ?? 0
                if size > StrictValidator.inlineSizeMaxBytes {
                    return .init(
                        path,
                        "Request payload size exceeds the limit: \(StrictValidator.inlineSizeMaxBytes) bytes of inline data."
                    )
                }
            }
            return nil
        },
        StrictRule("response-media", "images inside function responses are for Gemini 3 and Claude") { call in
            if call.facts.family == .gemini3 || call.isClaude { return nil }
            guard let part = call.parts.first(where: { $0.response?.field("parts") != nil }) else { return nil }
            return .init(part.path, "Multimodal function responses are not supported by \(call.model).")
        },
    ]
}

nonisolated extension UpstreamCall {
    /// Every piece of inline data with its place, those inside function responses included.
    var blobs: [(path: String, blob: JSONNode)] {
        parts.flatMap { part -> [(path: String, blob: JSONNode)] in
            if let blob = part.blob { return [("\(part.path).inline_data", blob)] }
            let inner = part.response?.field("parts").map { Array($0.elements) } ?? []
            return inner.enumerated().compactMap { index, node in
                let path = "\(part.path).function_response.parts[\(index)].inline_data"
                return node.field("inlineData", "inline_data").map { (path, $0) }
            }
        }
    }
}

/// Media types that the models take (Gemini API, "Image / Audio / Video / Document understanding").
nonisolated enum MediaType {
    private static let supported: Set<String> = [
        "image/png", "image/jpeg", "image/webp", "image/heic", "image/heif", "image/gif", "application/pdf",
        "text/plain", "text/html", "text/css", "text/markdown", "text/csv", "text/xml", "text/rtf",
        "application/json", "application/x-javascript", "text/javascript",
        "audio/wav", "audio/x-wav", "audio/mp3", "audio/mpeg", "audio/aiff", "audio/aac", "audio/ogg", "audio/flac",
        "audio/mp4", "audio/m4a", "audio/webm", "audio/opus", "audio/pcm",
        "video/mp4", "video/mpeg", "video/mov", "video/quicktime", "video/avi", "video/x-flv", "video/mpg",
        "video/webm", "video/wmv", "video/3gpp",
    ]

    static func isSupported(_ type: String) -> Bool { supported.contains(type) }
}
