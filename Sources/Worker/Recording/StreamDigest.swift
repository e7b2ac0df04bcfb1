import JSON
import Translation

/// What a streamed answer said, for the traffic log: its text put together, in place of its events.
nonisolated struct StreamDigest {
    private let sizeMaxBytes: Int
    /// In the escaped form in which they come and are stored.
    private var thinking: [UInt8] = []
    private var signature: [UInt8] = []
    private var content: [UInt8] = []
    private var usage: TokenUsage?

    /// - Parameter sizeMaxBytes: of each part; what comes beyond is left out.
    init(sizeMaxBytes: Int) { self.sizeMaxBytes = sizeMaxBytes }

    mutating func take(_ event: GenerationEvent) {
        switch event {
        case .thinking(let text): append(text, to: \.thinking)
        case .thinkingSignature(let text): append(text, to: \.signature)
        case .text(let text): append(text, to: \.content)
        case .usage(let usage): self.usage = usage
        case .start, .textSignature, .toolCall, .media, .grounding, .logprobs, .finished, .payload: break
        }
    }

    private mutating func append(_ text: JSONString, to part: WritableKeyPath<StreamDigest, [UInt8]>) {
        if self[keyPath: part].count < sizeMaxBytes { self[keyPath: part] += text.escaped }
    }

    /// The parts that have something to say, as pretty JSON; nil if none has.
    var bytes: [UInt8]? {
        var lines: [[UInt8]] = []
        for (name, text) in [("thinking", thinking), ("thinking_signature", signature), ("content", content)]
        where !text.isEmpty {
            lines.append(Array("  \"\(name)\": \"".utf8) + text + [UInt8(ascii: "\"")])
        }
        if let usage, usage.prompt > 0 { lines.append(Array("  \"input_tokens\": \(usage.prompt)".utf8)) }
        if let usage, usage.output > 0 { lines.append(Array("  \"output_tokens\": \(usage.output)".utf8)) }
        guard !lines.isEmpty else { return nil }
        return Array("{\n".utf8) + Array(lines.joined(separator: Array(",\n".utf8))) + Array("\n}".utf8)
    }
}
