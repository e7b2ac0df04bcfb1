import JSON

/// An account as the admin API shows it: no token, no key, no device id.
nonisolated enum AccountAnswer {
    static func json(_ account: Account, isCurrent: Bool) -> JSONValue {
        [
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
            "state": .string(account.disabled == nil ? "ACTIVE" : "NEEDS_REAUTH"),
            "state_reason": text(account.disabled?.reason), "state_until": .null, "validation_url": .null,
            "locks": [],
        ]
    }

    private static func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
    private static func number(_ number: Int?) -> JSONValue { number.map { .int($0) } ?? .null }
}
