import JSON
import Platform
import Scheduling

/// An account as the admin API shows it: no token, no key, no device id.
nonisolated enum AccountAnswer {
    /// - Parameter view: what the scheduler knows of it.
    static func json(_ account: Account, isCurrent: Bool, view: AccountView? = nil) -> JSONValue {
        let clock = WallTime()
        return [
            "id": .string(account.id), "kind": .string(account.kind.wireName), "email": .string(account.email),
            "name": text(account.name), "is_current": .bool(isCurrent),
            "disabled": .bool(account.disabled != nil), "disabled_reason": text(account.disabled?.reason),
            "disabled_at": number(account.disabled?.at), "proxy_disabled": .bool(account.proxyDisabled != nil),
            "proxy_disabled_reason": text(account.proxyDisabled?.reason),
            "proxy_disabled_at": number(account.proxyDisabled?.at),
            "protected_models": .array(account.protectedModels.sorted().map { .string($0) }),
            "quota": account.quota?.json ?? .null, "device_bound": .bool(account.deviceProfile != nil),
            "last_used": .int(account.lastUsed), "created_at": .int(account.createdAt),
            "token_expires_at": number(account.token?.expiresAt), "has_project": .bool(account.projectID != nil),
            "state": .string(state(account, view)), "state_reason": text(reason(account, view)),
            "state_until": number(view?.state.until.map(clock.seconds)), "validation_url": text(page(view)),
            "locks": .array(locks(view, clock)),
        ]
    }

    private static func state(_ account: Account, _ view: AccountView?) -> String {
        if account.disabled != nil { return AccountState.needsReauthorisation.word.uppercased() }
        return (view?.state ?? .active).word.uppercased()
    }

    private static func reason(_ account: Account, _ view: AccountView?) -> String? {
        if let reason = account.disabled?.reason { return reason }
        return switch view?.state {
        case nil, .active, .needsReauthorisation: nil
        case .authFailed: "Google refuses its access token although it was refreshed."
        case .validation: "Google wants its owner to confirm the account."
        case .forbidden(until: nil): "Google refuses the account for good."
        case .forbidden: "Google refuses the account."
        }
    }

    private static func page(_ view: AccountView?) -> String? {
        if case .validation(_, let url) = view?.state { url } else { nil }
    }

    private static func locks(_ view: AccountView?, _ clock: WallTime) -> [JSONValue] {
        guard let view else { return [] }
        var locks: [JSONValue] = []
        if let until = view.heldUntil {
            locks.append(["model": .null, "reason": "token_refresh", "until": .int(clock.seconds(until))])
        }
        for cell in view.cells where cell.standing != .probing {
            // The class in the word that /metrics has for it.
            let cause = cell.reason.map { ": " + AdminRequest.snakeCase("\($0)") } ?? ""
            let reason = cell.standing.rawValue + cause
            locks.append([
                "model": .string(cell.key), "reason": .string(reason), "until": number(cell.until.map(clock.seconds)),
            ])
        }
        for model in view.missingModels {
            locks.append([
                "model": .string(model.name), "reason": "model_not_found", "until": .int(clock.seconds(model.until)),
            ])
        }
        return locks
    }

    private static func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
    private static func number(_ number: Int?) -> JSONValue { number.map { .int($0) } ?? .null }
}

/// The scheduler's moments as wall time, by the clocks at one moment.
nonisolated struct WallTime: Sendable {
    private let now = SchedulerInstant.now
    private let wall = WallClock.unixMilliseconds

    /// Seconds since 1970, rounded up.
    func seconds(_ instant: SchedulerInstant) -> Int { (wall + now.milliseconds(until: instant) + 999) / 1000 }
}
