import Translation

extension DialectUnderTest {
    static let openAIImageGenerations = DialectUnderTest(
        name: "openai-images", dialect: OpenAIImages(.generations),
        plainRequest: #"{"prompt":"A lamp","stream":true}"#,
        check: { try MediaStreamChecker.images("image_generation.completed").check($0) })

    static let openAIImageEdits = DialectUnderTest(
        name: "openai-image-edits", dialect: OpenAIImages(.edits),
        plainRequest: #"{"prompt":"A lamp","image":"data:image/png;base64,iVBORw0KGgoA","stream":true}"#,
        check: { try MediaStreamChecker.images("image_edit.completed").check($0) })

    static let openAIAudio = DialectUnderTest(
        name: "openai-audio", dialect: OpenAIAudio(),
        plainRequest: String(
            decoding: RecordedRequest.form([
                .field("model", "whisper-1"), .field("stream", "true"),
                .file("file", "speech.mp3", nil, Array("ID3".utf8)),
            ]), as: UTF8.self),
        check: { try MediaStreamChecker.transcript.check($0) })
}
