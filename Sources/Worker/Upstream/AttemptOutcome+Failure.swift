import GoogleAPI
import IPC

extension AttemptOutcome {
    /// Adds what is known about the failure beyond its class.
    nonisolated mutating func describe(_ failure: AttemptFailure) {
        let classification = failure.classification
        httpStatus = failure.httpStatus.map { UInt32(clamping: $0) }
        reason = classification.reason
        errorModel = classification.errorModel
        retryAfterMilliseconds = classification.retryAfterMilliseconds.map { UInt64(clamping: $0) }
        resetAfterMilliseconds = classification.resetAfterMilliseconds.map { UInt64(clamping: $0) }
        delaySource = classification.delaySource.map { "\($0)" }
        validationURL = classification.validationURL
        excerpt = Self.excerpt(classification.message)
    }

    private nonisolated static func excerpt(_ message: String) -> String {
        var text = message
        while text.utf8.count > excerptSizeMaxBytes { text.unicodeScalars.removeLast() }
        return text
    }
}
