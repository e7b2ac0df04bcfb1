/// The dialect's words for the ends of an answer.
enum ResponseWords {
    static func status(_ reason: FinishReason?) -> ResponseFrame.Status {
        switch reason {
        case .outputLimit: .incomplete("max_output_tokens")
        case .contentBlocked, .promptBlocked: .incomplete("content_filter")
        default: .completed
        }
    }
}
