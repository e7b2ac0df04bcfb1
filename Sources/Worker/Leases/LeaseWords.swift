import APIErrors
import GoogleAPI
import IPC
import Translation

extension APIFailure {
    /// The supervisor's last word on a request, to be rendered in the dialect. A situation that this build does not know is an
    /// internal error.
    ///
    /// - Parameter failure: of the last attempt; for the supervisor every empty answer is the same.
    nonisolated init(_ final: FinalError, after failure: AttemptFailure?) {
        let situation = Situation(rawValue: final.situation) ?? .internalError
        if situation == .upstreamUnreachable, let failure, failure.isMissingImage {
            self = failure.failure
            return
        }
        self.init(
            situation,
            message: final.message.isEmpty ? nil : final.message,
            retryAfterSeconds: final.retryAfterSeconds.map(Int.init), shouldRetry: final.shouldRetry,
            source: Source(rawValue: final.source) ?? .gateway)
    }
}

extension LeaseRequest.Operation {
    /// - Parameter target: nil while it is not settled.
    nonisolated init(_ purpose: GenerationRequest.Purpose, target: TargetModel?) {
        self = target?.isImage == true || purpose == .image ? .image : purpose == .transcription ? .audio : .generate
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
        case .clientGone, .unwanted: .clientGone
        case .deadline(.firstContent): .stall
        case .deadline(.upstreamIdle): isCommitted ? .brokenAfterCommit : .stall
        case .deadline: .deadline
        case .leaseRevoked, .drainOver, .supervisorGone: isCommitted ? .brokenAfterCommit : .workerLost
        }
    }
}
