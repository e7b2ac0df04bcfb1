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
}
