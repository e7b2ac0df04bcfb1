import APIErrors
import GoogleAPI
import Translation

/// An attempt that came to nothing: what it was, as the supervisor must know it and as the client may.
nonisolated final class AttemptFailure: Sendable {
    let classification: Classification
    /// Of the upstream's answer; nil when there was none.
    let httpStatus: Int?
    /// What the upstream said as it broke off an answer whose content is with the client: for the client alone, since to the
    /// supervisor the answer was broken off, whatever the reason.
    private let lastWord: Classification?

    init(_ classification: Classification, httpStatus: Int? = nil, lastWord: Classification? = nil) {
        self.classification = classification
        self.httpStatus = httpStatus
        self.lastWord = lastWord
    }

    /// A failure that no upstream text describes.
    convenience init(_ outcome: OutcomeClass, reason: String? = nil, message: String = "", httpStatus: Int? = nil) {
        self.init(Classification(outcome, reason: reason, message: message), httpStatus: httpStatus)
    }

    var outcome: OutcomeClass { classification.outcome }

    /// The upstream answered, but made no picture.
    var isMissingImage: Bool {
        outcome == .emptyStream && classification.reason == AnswerProgress.Emptiness.missingImage.rawValue
    }

    /// The model ended without content on a call that nobody can read. Not an error of anybody: where no attempt makes it better,
    /// that end is the answer.
    var isMalformedCall: Bool {
        outcome == .emptyStream && classification.reason == AnswerProgress.Emptiness.malformedCall.rawValue
    }

    /// The answer when this failure is the last word.
    var failure: APIFailure {
        let told = lastWord ?? classification
        let shown = told.outcome.showsUpstreamText && !told.message.isEmpty
        return APIFailure(
            isMissingImage ? .noImage : told.outcome.situation, message: shown ? told.message : nil,
            retryAfterSeconds: told.retryAfterMilliseconds.map { ($0 + 999) / 1000 },
            source: httpStatus == nil ? .gateway : .upstream)
    }
}
