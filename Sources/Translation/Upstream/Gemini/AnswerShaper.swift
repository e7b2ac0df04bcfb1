import JSON

/// Brings what the upstream answers into the client's terms: tool names, arguments, call identifiers, what is shown.
///
/// Keeps what it needs of the request and nothing of the client's body.
struct AnswerShaper: Sendable {
    private let names: ToolNames
    /// Declared schemas with the client's tool names; shared with the schema cache.
    private let schemas: [(tool: String, schema: [UInt8])]
    private let form: CallIdentifierForm
    private let identifiers: IdentifierSource
    private let allowsParallelCalls: Bool
    private let isClaude: Bool
    /// Hashes of the identifiers in the conversation: a false match only costs an upstream identifier its place. A list: few
    /// answers bring a call that would be looked for here.
    private var used: [UInt64] = []
    private var callCount = 0
    let showsThinking: Bool
    /// The answer is JSON, which the model may put into a code fence where it was asked for it in words.
    let stripsFence: Bool
    /// The client gets the upstream's own answer objects.
    let keepsPayloads: Bool
    /// Each of them has a part, be it an empty text: Google's SDKs drop a turn from their history if one object of its stream
    /// has none (google-genai, `chats._validate_response`), and Google's own servers send none without.
    let fillsPayloads: Bool
    /// Their thoughts are taken out: Claude thinks in sight even when the client did not ask to see it.
    let hidesThoughts: Bool
    /// A call without an identifier gets one. Gemini's clients do without.
    var needsCallIDs: Bool { isClaude }

    init(
        _ request: GenerationRequest, model: TargetModel, form: CallIdentifierForm,
        identifiers: @escaping IdentifierSource, schemas cache: inout SchemaCache
    ) {
        names = ToolNames(request)
        used.reserveCapacity(request.turns.count)
        for turn in request.turns {
            for case .toolCall(let call) in turn.parts { used.append(Self.hash(call.id)) }
        }
        let dialect: SchemaCleaner.Dialect = model.isClaude ? .claude : .gemini
        schemas = request.tools.map {
            ($0.name, cache.entry(for: $0.schema, dialect: dialect, position: .parameters).original)
        }
        self.form = form
        self.identifiers = identifiers
        allowsParallelCalls = request.allowsParallelCalls
        isClaude = model.isClaude
        showsThinking = request.showsThinking && request.thinking != .off
        keepsPayloads = request.keepsPayloads
        fillsPayloads = request.keepsPayloads && request.streams
        hidesThoughts = model.isClaude && !showsThinking
        switch request.outputFormat {
        case .text, .word: stripsFence = false
        case .json, .jsonSchema: stripsFence = true
        }
    }

    /// The call as the client gets it; nil for one that is not delivered.
    mutating func call(_ node: JSONNode, signature: JSONString?) -> ToolCall? {
        guard let name = node["name"]?.string, !name.isEmpty else { return nil }
        callCount += 1
        guard allowsParallelCalls || callCount == 1 else { return nil }
        let own = names.originalName(of: name)
        return ToolCall(
            id: identifier(node["id"]?.string), name: own, arguments: arguments(node["args"], tool: own),
            signature: signature)
    }

    private func arguments(_ node: JSONNode?, tool: String) -> RawJSON {
        guard let node, node.kind == .object else { return .emptyObject }
        guard let schema = schemas.last(where: { $0.tool == tool })?.schema else { return RawJSON(node) }
        return ArgumentRepair(schema: schema, removesPlaceholder: isClaude).repair(node)
    }

    /// The upstream's identifier if it fits and is new in the conversation, else a fresh one.
    private mutating func identifier(_ upstream: String?) -> String {
        if let upstream, fits(upstream), !used.contains(Self.hash(upstream)) {
            used.append(Self.hash(upstream))
            return upstream
        }
        let fresh = form.prefix + identifiers(CallIdentifierForm.randomCount)
        used.append(Self.hash(fresh))
        return fresh
    }

    private func fits(_ id: String) -> Bool {
        (1...form.lengthMax).contains(id.utf8.count)
            && id.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
            }
    }

    /// FNV-1a, 64 bits.
    private static func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
