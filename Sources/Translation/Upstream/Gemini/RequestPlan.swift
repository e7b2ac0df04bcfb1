import APIErrors
import JSON

/// Everything that must be known about a request before its first byte is written for the upstream.
struct RequestPlan {
    enum Kind {
        case agent
        case webSearch
        case imageGeneration

        /// Code Assist's word for it.
        var word: StaticString {
            switch self {
            case .agent: "agent"
            case .webSearch: "web_search"
            case .imageGeneration: "image_gen"
            }
        }
    }

    var kind: Kind
    var contents: [Content]
    var system: [JSONString]
    var thinking: ThinkingPlan
    var names: ToolNames
    var tools: [ToolDeclaration]
    /// Names that only the history has, declared so that their calls are understood; they may not be called.
    var stubs: [String] = []
    var usesJSONMode: Bool
    /// Tools on Google's side that are sent, in order.
    var hostedTools: [HostedTool]

    init(_ request: GenerationRequest, target: UpstreamTarget) throws(APIFailure) {
        let model = target.model
        try Self.check(request.purpose, model)
        kind = model.isImage ? .imageGeneration : request.search != nil && request.tools.isEmpty ? .webSearch : .agent
        tools = kind == .agent ? request.tools : []
        system = model.isClaude ? request.system.filter { !ClaudeText.saysNothing($0) } : request.system
        let mayHost = kind == .agent && request.tools.isEmpty && !model.isClaude
        hostedTools =
            mayHost && !request.hostedTools.isEmpty ? HostedTool.allCases.filter(request.hostedTools.contains) : []
        thinking = ThinkingPlan(request, target: target)
        names = ToolNames(request)

        try Self.refuseReferences(request, target)
        let runsCode = hostedTools.contains(.codeExecution)
        let turns = request.history(for: model)
        contents = Conversation.contents(
            of: turns, target: target, thinks: thinking.isOn, runsCode: runsCode)
        if model.isClaude, thinking.isOn, Conversation.forbidsThinking(contents) {
            thinking = thinking.withoutThinking()
            contents = Conversation.contents(of: turns, target: target, thinks: false)
        }
        usesJSONMode = false
        if case .allowed(let names) = request.toolChoice {
            let allowed = Set(names)
            tools = tools.filter { allowed.contains($0.name) }
        }
        if kind == .agent, tools.isEmpty, request.tools.isEmpty, hostedTools.isEmpty {
            stubs = Self.calledNames(contents)
        }
        settleOutputFormat(request.outputFormat, model)
        if kind == .imageGeneration { moveSystemIntoFirstText() }
        try settleEmptyConversation(request.turnsMember)
    }

    /// Takes the signatures off the calls, for a request that is only counted.
    mutating func removeCallSignatures() {
        for (index, content) in contents.enumerated() {
            for (place, part) in content.parts.enumerated() {
                guard case .call(var call) = part else { continue }
                call.signature = nil
                contents[index].parts[place] = .call(call)
            }
        }
    }

    /// What a model cannot do at all is refused before anybody waits for it.
    private static func check(_ purpose: GenerationRequest.Purpose, _ model: TargetModel) throws(APIFailure) {
        if purpose == .image, !model.isImage {
            throw .badRequest("the model \(model.id) makes no images", param: "model")
        }
        if purpose == .transcription, model.isImage || model.isClaude {
            throw .badRequest("the model \(model.id) takes no recordings", param: "model")
        }
    }

    /// Bytes that the request will take, roughly: a buffer of this size need not grow, which for megabytes is half the work.
    var sizeEstimate: Int {
        contents.reduce(2048 + 1024 * tools.count + system.reduce(0) { $0 + $1.escapedCount + 32 }) { size, content in
            content.parts.reduce(size + 64) { $0 + $1.sizeEstimate }
        }
    }

    /// Media by address and contents by name, which the gateway neither fetches nor drops in silence.
    private static func refuseReferences(_ request: GenerationRequest, _ target: UpstreamTarget) throws(APIFailure) {
        guard !target.takesReferences else { return }
        if let cached = request.cachedContent { throw cached.refusal }
        for turn in request.turns {
            for case .native(let part) in turn.parts where part.kind == .file {
                throw APIFailure(
                    .unsupported, message: "\(part.path): files by address are not supported, send the data inline",
                    param: part.path)
            }
        }
    }

    private static func calledNames(_ contents: [Content]) -> [String] {
        var seen: Set<String> = []
        var names: [String] = []
        for content in contents where content.isModel {
            for case .call(let call) in content.parts where seen.insert(call.name).inserted {
                names.append(call.name)
            }
        }
        return names
    }

    /// JSON mode where the model has it, words in the system text where not.
    private mutating func settleOutputFormat(_ format: OutputFormat, _ model: TargetModel) {
        let schema: JSONNode?
        switch format {
        case .text: return
        case .json: schema = nil
        case .jsonSchema(let node), .word(let node): schema = node
        }
        guard kind != .imageGeneration else { return }
        let declaresTools = !tools.isEmpty || !stubs.isEmpty
        if model.takesJSONMode, kind == .agent, !declaresTools || model.takesToolsWithJSONMode {
            usesJSONMode = true
        } else {
            system.append(OutputInstruction.text(for: format, schema: schema))
        }
    }

    /// Image models take no system instruction: its text goes in front of the first text.
    private mutating func moveSystemIntoFirstText() {
        guard !system.isEmpty else { return }
        let blankLine = Array("\\n\\n".utf8)
        let head = Array(system.map(\.escaped).joined(separator: blankLine))
        system = []
        for (index, content) in contents.enumerated() where !content.isModel {
            for (place, part) in content.parts.enumerated() {
                guard case .text(let text, let signature) = part else { continue }
                let joined = JSONString(escaped: head + blankLine + text.escaped)
                contents[index].parts[place] = .text(joined, signature: signature)
                return
            }
        }
        let text = Content.Part.text(JSONString(escaped: head), signature: nil)
        if contents.first?.isModel == false {
            contents[0].parts.insert(text, at: 0)
        } else {
            contents.insert(Content(isModel: false, parts: [text]), at: 0)
        }
    }

    /// With nothing but system text, that text is what is asked.
    private mutating func settleEmptyConversation(_ member: String) throws(APIFailure) {
        guard contents.isEmpty else { return }
        guard !system.isEmpty else {
            throw .badRequest("\(member) hold no content", param: member)
        }
        contents = [Content(isModel: false, parts: system.map { .text($0, signature: nil) })]
        system = []
    }
}
