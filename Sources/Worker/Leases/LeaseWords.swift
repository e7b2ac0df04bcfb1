import APIErrors
import GoogleAPI
import IPC

extension APIFailure {
    /// The supervisor's last word on a request, to be rendered in the dialect. A situation that this build does not know is an
    /// internal error.
    nonisolated init(_ final: FinalError) {
        self.init(
            Situation(rawValue: final.situation) ?? .internalError,
            message: final.message.isEmpty ? nil : final.message,
            retryAfterSeconds: final.retryAfterSeconds.map(Int.init), shouldRetry: final.shouldRetry,
            source: Source(rawValue: final.source) ?? .gateway)
    }
}

extension LeaseRequest.Dialect {
    /// - Parameter dialectName: `ClientDialect.name`.
    nonisolated init(dialectName: String) {
        switch dialectName {
        case "openai_chat": self = .openAIChat
        case "openai_responses": self = .openAIResponses
        case "anthropic": self = .anthropic
        case "gemini": self = .gemini
        case "cursor": self = .cursor
        default: self = .openAIOther
        }
    }
}

extension ExchangeStop {
    /// What a lease's attempt came to when it was ended from outside.
    nonisolated func outcomeClass(isCommitted: Bool) -> OutcomeClass {
        switch self {
        case .clientGone: .clientGone
        case .deadline(.firstContent): .stall
        case .deadline(.upstreamIdle): isCommitted ? .brokenAfterCommit : .stall
        case .deadline: .deadline
        case .leaseRevoked, .drainOver, .supervisorGone: isCommitted ? .brokenAfterCommit : .workerLost
        }
    }
}
