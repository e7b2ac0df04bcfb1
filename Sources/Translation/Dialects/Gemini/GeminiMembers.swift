import APIErrors
import JSON

/// Members that pass on as they are, reduced to what the upstream knows: a name it does not know makes it refuse the whole
/// request.
enum GeminiMembers {
    private static let videoMetadata = KnownForm.message([
        ("startOffset", "start_offset", .string), ("endOffset", "end_offset", .string), ("fps", "fps", .number),
    ])
    private static let partResolution = KnownForm.message([("level", "level", .string)])
    /// What a part may say about its data.
    private static let extras: [KnownForm.Member] = [
        ("videoMetadata", "video_metadata", videoMetadata), ("mediaResolution", "media_resolution", partResolution),
    ]
    private static let file = KnownForm.message([
        ("mimeType", "mime_type", .string), ("fileUri", "file_uri", .string),
    ])
    private static let code = KnownForm.message([("language", "language", .string), ("code", "code", .string)])
    private static let output = KnownForm.message([("outcome", "outcome", .string), ("output", "output", .string)])
    private static let voice = KnownForm.message([
        (
            "prebuiltVoiceConfig", "prebuilt_voice_config",
            .message([("voiceName", "voice_name", .string)])
        )
    ])

    /// `speechConfig` (Gemini API, "SpeechConfig").
    static let speech = KnownForm.message([
        ("voiceConfig", "voice_config", voice), ("languageCode", "language_code", .string),
        (
            "multiSpeakerVoiceConfig", "multi_speaker_voice_config",
            .message([
                (
                    "speakerVoiceConfigs", "speaker_voice_configs",
                    .list(.message([("speaker", "speaker", .string), ("voiceConfig", "voice_config", voice)]))
                )
            ])
        ),
    ])

    /// A part that only Google's API has; nil for any other.
    static func nativePart(_ node: JSONNode, signature: JSONString?) throws(APIFailure) -> NativePart? {
        if let file = node.given("fileData", "file_data") {
            guard file.given("fileUri", "file_uri")?.kind == .string else {
                throw RequestReading.refuse(file, "has no fileUri")
            }
            let members: [KnownForm.Member] = [("fileData", "file_data", self.file)] + extras
            return part(node, .file, members, signature, substitute: [], path: file.path)
        }
        if let code = node.given("executableCode", "executable_code") {
            let text = CodeBlock.text(code["code"], language: "python")
            return part(
                node, .code, [("executableCode", "executable_code", self.code)], signature, substitute: [.text(text)],
                path: code.path)
        }
        if let result = node.given("codeExecutionResult", "code_execution_result") {
            let text = CodeBlock.text(result["output"], language: "")
            return part(
                node, .code, [("codeExecutionResult", "code_execution_result", output)], signature,
                substitute: [.text(text)], path: result.path)
        }
        return nil
    }

    /// Data about which the part says more than its type; nil if it does not.
    static func nativeMedia(_ media: Media, of node: JSONNode, signature: JSONString?) -> NativePart? {
        var members = JSONWriter()
        members.beginObject()
        KnownForm.write(extras, of: node, into: &members)
        guard signature != nil || members.bytes.count > 1 else { return nil }
        members.name("inlineData")
        members.beginObject()
        members.field("mimeType", media.mimeType)
        members.name("data")
        members.beginString()
        media.data.withBytes { members.bytes.append(contentsOf: $0) }
        members.endString()
        members.endObject()
        members.endObject()
        return NativePart(
            kind: .media, json: RawJSON(bytes: members.bytes), signature: signature, substitute: [.media(media)],
            path: node.path)
    }

    /// The settings whose words are known.
    static func safetySettings(_ node: JSONNode?) throws(APIFailure) -> RawJSON? {
        guard let node else { return nil }
        guard node.kind == .array else { throw RequestReading.refuse(node, "must be an array") }
        var writer = JSONWriter()
        writer.beginArray()
        for setting in node.elements {
            guard let category = setting.word("category"), let threshold = setting.word("threshold"),
                harmCategories.contains(category), harmThresholds.contains(threshold)
            else { continue }
            writer.beginObject()
            writer.field("category", category)
            writer.field("threshold", threshold)
            writer.endObject()
        }
        writer.endArray()
        return RawJSON(bytes: writer.bytes)
    }

    /// Gemini API, "HarmCategory" and "HarmBlockThreshold".
    private static let harmCategories: Set<String> = [
        "HARM_CATEGORY_HARASSMENT", "HARM_CATEGORY_HATE_SPEECH", "HARM_CATEGORY_SEXUALLY_EXPLICIT",
        "HARM_CATEGORY_DANGEROUS_CONTENT", "HARM_CATEGORY_CIVIC_INTEGRITY",
    ]
    private static let harmThresholds: Set<String> = [
        "OFF", "BLOCK_NONE", "BLOCK_ONLY_HIGH", "BLOCK_MEDIUM_AND_ABOVE", "BLOCK_LOW_AND_ABOVE",
    ]

    private static func part(
        _ node: JSONNode, _ kind: NativePart.Kind, _ members: [KnownForm.Member], _ signature: JSONString?,
        substitute: [Turn.Part], path: String
    ) -> NativePart? {
        var writer = JSONWriter()
        writer.beginObject()
        KnownForm.write(members, of: node, into: &writer)
        writer.endObject()
        guard writer.bytes.count > 2 else { return nil }
        return NativePart(
            kind: kind, json: RawJSON(bytes: writer.bytes), signature: signature, substitute: substitute, path: path)
    }
}
