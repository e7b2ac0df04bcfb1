import APIErrors
import JSON

/// A request in the form in which its tokens can be counted: the call takes no thoughts and no signatures, and some accounts'
/// servers nothing but contents.
struct CountedRequest {
    private(set) var request: GenerationRequest
    private(set) var target: UpstreamTarget

    var isContentsOnly: Bool { target.repair == .contentsOnly }

    init(_ request: GenerationRequest, target: UpstreamTarget) {
        self.request = request
        self.target = target
        self.request.turns = request.turns.map(Self.withoutThinking)
        self.request.outputFormat = .text
        self.request.thinking = .off
        // Known signatures would bring thoughts back.
        self.target.signatures = .none
        if isContentsOnly { moveSystemIntoContents() }
    }

    private static func withoutThinking(_ turn: Turn) -> Turn {
        Turn(
            role: turn.role,
            parts: turn.parts.compactMap { part in
                switch part {
                case .thinking: return nil
                case .text(let text, _): return .text(text)
                case .native(var native):
                    native.signature = nil
                    return .native(native)
                case .media, .toolCall, .toolResult: return part
                }
            })
    }

    private mutating func moveSystemIntoContents() {
        request.tools = []
        request.search = nil
        guard !request.system.isEmpty else { return }
        request.turns.insert(Turn(role: .user, parts: request.system.map { .text($0) }), at: 0)
        request.system = []
    }
    /// The body of the call: the request under the member that the API has for it. The public API takes bare contents under their
    /// own name.
    func encode(as member: StaticString, _ schemas: inout SchemaCache) throws(APIFailure) -> [UInt8] {
        var plan = try RequestPlan(request, target: target)
        plan.removeCallSignatures()
        let inner = try GeminiRequestWriter(request, target: target, plan: plan, cache: &schemas)
        var writer = JSONWriter(reserving: inner.plan.sizeEstimate)
        writer.beginObject()
        if target.api == .gemini, isContentsOnly {
            inner.writeContents(into: &writer)
        } else {
            writer.name(member)
            inner.writeCounted(into: &writer, contentsOnly: isContentsOnly)
        }
        writer.endObject()
        return writer.bytes
    }

    /// The number in the answer, which may stand in an envelope; nil if it names none.
    static func count(in body: [UInt8]) -> Int? {
        // An answer that is no JSON is an answer without a count.
        guard let root = (try? JSONDocument(parsing: body))?.root else { return nil }
        let holder = root["response"] ?? root
        guard let count = (holder["totalTokens"] ?? holder["total_tokens"])?.int, count > 0 else { return nil }
        return count
    }
}
