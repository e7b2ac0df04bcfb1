import JSON

/// Requests that Claude Code makes beside the conversation, told apart only where the operator wants it, and only if
/// there is no doubt: a request taken for one of them by mistake would be the user's.
enum ClaudeCodeTraffic {
    /// Client name of the model that background tasks go to: built in, and open to the operator's mapping.
    static let backgroundModel = "internal-background-task"
    /// Bytes of each text that are searched for markers.
    static let searchedSizeMaxBytes = 65_536

    private static let warmupWord = "Warmup"

    /// The whole conversation is one message, and that is the word.
    static func isWarmup(_ request: GenerationRequest) -> Bool {
        guard request.turns.count == 1, request.turns[0].role == .user, request.turns[0].parts.count == 1,
            case .text(let text, _) = request.turns[0].parts[0]
        else { return false }
        return text.decoded == warmupWord
    }

    /// A request without tools whose system text or last message holds one of the markers.
    static func isBackgroundTask(_ request: GenerationRequest, markers: [String]) -> Bool {
        guard !markers.isEmpty, request.tools.isEmpty, request.search == nil else { return false }
        var texts = request.system
        for part in request.turns.last?.parts ?? [] {
            if case .text(let text, _) = part { texts.append(text) }
        }
        return texts.contains { text in
            let searched = text.decodedPrefix(escapedSizeMaxBytes: searchedSizeMaxBytes)
            return markers.contains { !$0.isEmpty && searched.contains($0) }
        }
    }
}
