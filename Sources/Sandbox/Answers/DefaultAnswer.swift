import GoogleAPI
import JSON

/// The answer that nobody scripted: a few sentences about the prompt, calls of declared functions when the prompt asks for
/// them, thoughts with signatures when they are asked for.
nonisolated struct DefaultAnswer: Sendable {
    let call: UpstreamCall
    let prompt: PromptView
    /// Numbers the calls it makes.
    let callID: @Sendable (Int) -> String

    init(_ call: UpstreamCall, _ prompt: PromptView, callID: @escaping @Sendable (Int) -> String) {
        self.call = call
        self.prompt = prompt
        self.callID = callID
    }

    private var markers: PromptMarkers? { prompt.markers }

    func events() -> [AnswerEvent] {
        var events: [AnswerEvent] = []
        let thought = thoughtText()
        if let thought { events += thoughtEvents(thought) }
        let wanted = wantedCalls()
        var reason = "STOP"
        if call.facts.isImage || markers?.has("image") == true {
            events += imageEvents()
        } else if !wanted.isEmpty {
            events.append(.text("I will look that up."))
            events.append(AnswerEvent(parts: callParts(wanted)))
        } else {
            let (words, isCut) = limited(answerWords())
            events += words.map(AnswerEvent.text)
            if isCut { reason = "MAX_TOKENS" }
            if let part = closingSignature() { events.append(AnswerEvent(parts: [part])) }
        }
        finish(&events, markers?.value("finish") ?? reason, thoughtWords: thought?.count ?? 0)
        return events
    }

    // MARK: Thoughts

    private func thoughtText() -> [String]? {
        guard call.includesThoughts, call.facts.thinking != nil, call.budget != 0 else { return nil }
        if let count = markers?.number("think", alone: 20) { return Self.words(count, seed: "thinking ") }
        return Self.split("The user asks about \(topic). A short and friendly answer will do.")
    }

    private func thoughtEvents(_ words: [String]) -> [AnswerEvent] {
        var events = words.map { AnswerEvent(parts: [["text": .string($0), "thought": true]]) }
        guard call.isClaude else { return events }
        let signature = ClaudeSignature.make(thought: words.joined())
        events.append(AnswerEvent(parts: [["text": "", "thought": true, "thoughtSignature": .string(signature)]]))
        return events
    }

    /// Gemini signs the end of an answer without calls; Claude signs thoughts only.
    private func closingSignature() -> JSONValue? {
        let isSigning = call.facts.family == .gemini3 || call.facts.family == .gemini25 && !call.declarations.isEmpty
        guard isSigning, !call.facts.isImage else { return nil }
        return ["text": "", "thoughtSignature": .string(MadeSignature(model: call.model, functionName: "").text)]
    }

    // MARK: Calls

    /// Functions to call now, in order.
    private func wantedCalls() -> [DeclarationView] {
        guard !call.declarations.isEmpty, call.toolMode != "NONE" else { return [] }
        let allowed = call.allowedNames.map(Set.init)
        let usable = call.declarations.filter { allowed?.contains($0.name) ?? true }
        guard let first = usable.first else { return [] }
        if let markers, markers.has("tool") || markers.has("parallel-tools") || markers.has("rounds") {
            guard prompt.roundCount < (markers.number("rounds", alone: 1) ?? 1) else { return [] }
            let named = markers.value("tool").flatMap { name in usable.first { $0.name == name } } ?? first
            let count = markers.number("parallel-tools", alone: 2) ?? 1
            return (0..<min(count, 64)).map { count > 1 ? usable[$0 % usable.count] : named }
        }
        if call.toolMode == "ANY", prompt.responses.isEmpty { return [mentioned(usable) ?? first] }
        return prompt.responses.isEmpty ? [mentioned(usable)].compactMap { $0 } : []
    }

    /// The declared function that the prompt talks about, by its name or by most of the words in it.
    private func mentioned(_ usable: [DeclarationView]) -> DeclarationView? {
        let text = prompt.text.lowercased()
        if let named = usable.first(where: { $0.name.count > 2 && text.contains($0.name.lowercased()) }) {
            return named
        }
        return usable.first { declaration in
            let words = declaration.name.lowercased().split { !$0.isLetter }.filter { $0.count > 3 }
            return !words.isEmpty && words.allSatisfy { text.contains($0) }
        }
    }

    private func callParts(_ wanted: [DeclarationView]) -> [JSONValue] {
        wanted.enumerated().map { index, declaration in
            let arguments = SampleArguments.value(for: declaration.parameters, seed: String(topic.prefix(80)))
            var part: JSONObject = [
                "functionCall": [
                    "name": .string(declaration.name), "args": arguments, "id": .string(callID(index)),
                ]
            ]
            let isSigned = index == 0 && (call.facts.family == .gemini3 || call.facts.family == .gemini25)
            if isSigned {
                let signature = MadeSignature(model: call.model, functionName: declaration.name)
                part.append("thoughtSignature", .string(signature.text))
            }
            return .object(part)
        }
    }

    // MARK: Text

    private var topic: String {
        let line = prompt.text.split(whereSeparator: \.isNewline).first.map(String.init) ?? "nothing in particular"
        return line.count > 120 ? line.prefix(117) + "..." : line
    }

    private func answerWords() -> [String] {
        if let spoken = markers?.spoken { return Self.split(spoken) }
        if let count = markers?.number("events") {
            guard let size = markers?.number("size") else { return Self.words(count, seed: "word ") }
            return Array(repeating: String(repeating: "x", count: max(1, size - 1)) + " ", count: count)
        }
        if call.config?.field("responseMimeType", "response_mime_type")?.string == "application/json" {
            let sample = SampleArguments.value(
                for: call.config?.field("responseSchema", "response_schema"), seed: String(topic.prefix(80)))
            return Self.split(String(decoding: sample.serialized, as: UTF8.self))
        }
        if !prompt.responses.isEmpty {
            let results = prompt.responses.map { "\($0.name) says: \($0.result)" }.joined(separator: "; ")
            return Self.split("Here is what I found. \(results). Tell me if you need anything else.")
        }
        return Self.split(
            "You said: “\(topic)”. This is the sandbox speaking as \(call.model): a stand-in for Google that needs no account. "
                + "Everything between us is real, only the thinking is not — ask for a tool, or start a prompt with “sandbox:”."
        )
    }

    /// Stops at a stop sequence and at the output limit, a word counting as a token. Second: whether the limit cut it.
    private func limited(_ words: [String]) -> ([String], isCut: Bool) {
        var words = words
        let stops = call.config?.field("stopSequences", "stop_sequences")?.elements.compactMap(\.string) ?? []
        let text = stops.isEmpty ? "" : words.joined()
        if let stop = stops.compactMap({ text.firstRange(of: $0)?.lowerBound }).min() {
            words = Self.split(String(text[..<stop]))
        }
        guard let limit = call.configInt("maxOutputTokens", "max_output_tokens") else { return (words, false) }
        let room = max(0, limit - max(0, call.budget ?? 0))
        return words.count > room ? (Array(words.prefix(room)), true) : (words, false)
    }

    private func imageEvents() -> [AnswerEvent] {
        [
            .text("Here is a picture of \(topic)."),
            AnswerEvent(parts: [
                ["inlineData": ["mimeType": .string(SampleImage.mimeType), "data": .string(SampleImage.base64)]]
            ]),
        ]
    }

    // MARK: The end

    private func finish(_ events: inout [AnswerEvent], _ reason: String, thoughtWords: Int) {
        let answerWords = events.reduce(0) { $0 + $1.parts.count } - thoughtWords
        let usage = usage(answer: max(0, answerWords), thoughts: thoughtWords)
        if markers?.has("malformed") == true {
            events = [AnswerEvent(finishReason: "MALFORMED_FUNCTION_CALL", usage: usage)]
            return
        }
        var last = AnswerEvent(finishReason: reason)
        if call.hasSearch || markers?.has("search") == true { last.grounding = grounding(events) }
        if markers?.has("late-usage") == true {
            events += [last, AnswerEvent(usage: usage)]
        } else {
            if markers?.has("no-usage") != true { last.usage = usage }
            events.append(last)
        }
    }

    /// Zeros are left out, as proto-JSON does.
    private func usage(answer: Int, thoughts: Int) -> JSONValue {
        let prompt = max(1, call.envelope.withRawBytes { $0.count } / 4)
        var usage: JSONObject = ["promptTokenCount": .int(prompt)]
        if answer > 0 { usage.append("candidatesTokenCount", .int(answer)) }
        if thoughts > 0 { usage.append("thoughtsTokenCount", .int(thoughts)) }
        usage.append("totalTokenCount", .int(prompt + answer + thoughts))
        return .object(usage)
    }

    /// Two sources for the first sentence. Offsets are in UTF-8 bytes, and a zero is left out.
    private func grounding(_ events: [AnswerEvent]) -> JSONValue {
        let text = events.flatMap(\.parts).filter { $0["thought"] == nil }.compactMap { $0["text"]?.string }.joined()
        let sentence = text.prefix { $0 != "." }
        return [
            "webSearchQueries": [.string(topic)],
            "groundingChunks": [
                ["web": ["uri": "https://example.com/a", "title": "Example A", "domain": "example.com"]],
                ["web": ["uri": "https://example.org/b", "title": "Example B", "domain": "example.org"]],
            ],
            "groundingSupports": [
                [
                    "segment": ["endIndex": .int(sentence.utf8.count), "text": .string(String(sentence))],
                    "groundingChunkIndices": [0, 1],
                ]
            ],
        ]
    }

    // MARK: Words

    private static func words(_ count: Int, seed: String) -> [String] { (0..<count).map { "\(seed)\($0) " } }

    /// Words with the blanks behind them: joined they are the text again.
    static func split(_ text: String) -> [String] {
        var words: [String] = []
        var word = ""
        for character in text {
            if word.last == " ", character != " " {
                words.append(word)
                word = ""
            }
            word.append(character)
        }
        if !word.isEmpty { words.append(word) }
        return words
    }
}
