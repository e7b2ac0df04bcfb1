/// Whether an account as a whole can be used, beside the operator's own switches.
public enum AccountState: Sendable, Equatable {
    case active
    /// Its token is refused although it was refreshed.
    case authFailed(until: SchedulerInstant)
    /// Google wants its owner to confirm something at a page.
    case validation(until: SchedulerInstant, url: String?)
    /// Google refuses it; without an end, for good.
    case forbidden(until: SchedulerInstant?)
    /// Its refresh token is dead.
    case needsReauthorisation

    public var isActive: Bool { if case .active = self { true } else { false } }

    /// When the service looks again by itself. User traffic is never the probe.
    public var until: SchedulerInstant? {
        switch self {
        case .active, .needsReauthorisation: nil
        case .authFailed(let until), .validation(let until, _): until
        case .forbidden(let until): until
        }
    }

    /// Every word of `word`.
    public static let words = ["active", "auth_failed", "validation", "forbidden", "needs_reauth"]

    /// The word for it in answers and journals.
    public var word: String {
        switch self {
        case .active: "active"
        case .authFailed: "auth_failed"
        case .validation: "validation"
        case .forbidden: "forbidden"
        case .needsReauthorisation: "needs_reauth"
        }
    }

    /// The class of failure that leads here again.
    var cause: AttemptClass? {
        switch self {
        case .active: nil
        case .authFailed: .auth
        case .validation: .validation
        case .forbidden: .forbidden
        case .needsReauthorisation: .invalidGrant
        }
    }
}
