/// How much the client wants the model to think.
public enum ThinkingWish: Sendable, Equatable {
    /// Nothing said: the model's default.
    case unspecified
    case off
    /// On, with the default budget of the model.
    case on
    /// Tokens; -1 lets the model decide.
    case budget(Int)
    case effort(Effort)

    public enum Effort: String, Sendable, CaseIterable {
        case minimal, low, medium, high, xhigh, max, auto
    }

    /// A client's word for an effort; `none` is off. Unknown words give `nil`.
    public init?(word: String) {
        if word == "none" {
            self = .off
        } else if let effort = Effort(rawValue: word) {
            self = .effort(effort)
        } else {
            return nil
        }
    }
}
