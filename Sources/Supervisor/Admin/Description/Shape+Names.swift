import JSON
import Scheduling

nonisolated extension Shape {
    /// A shape that stands once in the description and is meant by name elsewhere.
    enum Name: String, Sendable, CaseIterable {
        case error = "Error"
        case account = "Account"
        case lock = "Lock"
        case quota = "Quota"
        case deviceProfile = "DeviceProfile"
        case login = "Login"
        case imported = "Imported"
        case skipped = "Skipped"
        case config = "Config"
        case configDocument = "ConfigDocument"
        case status = "Status"
        case worker = "Worker"
        case logRecord = "LogRecord"
        case tunnel = "Tunnel"

        var shape: Shape {
            switch self {
            case .error: Shape.error
            case .account: .object(members: Shape.accountMembers)
            case .lock:
                .object([
                    "model": Shape.text.orNull.says("The name of a quota, or of a model; null: all."), "reason": .text,
                    "until": Shape.moment.orNull,
                ])
            case .quota:
                .object([
                    "models": .list(
                        of: .object(["name": .text, "percentage": .whole(0...100), "reset_time": .text])),
                    "last_updated": .moment, "is_forbidden": .flag, "subscription_tier": Shape.text.orNull,
                ])
            case .deviceProfile:
                .object(["machine_id": .text, "mac_machine_id": .text, "dev_device_id": .text, "sqm_id": .text])
            case .login:
                .object([
                    "url": Shape.text.says("Where to send the browser."), "state": .text, "redirect_uri": .text,
                    "expires_in": Shape.count.says("Seconds."),
                ])
            case .imported:
                .object(
                    members: Shape.accountMembers,
                    optional: [
                        ("imported", .list(of: .named(.account))), ("skipped", .list(of: .named(.skipped))),
                    ])
            case .skipped: .object(["source": .text, "reason": .text])
            case .config: ConfigShape.shown
            case .configDocument: ConfigShape.taken
            case .status: Shape.status
            case .worker:
                .object([
                    "id": .count, "pid": .count, "state": .word(WorkerStatus.State.allCases.map(\.rawValue)),
                    "started_at": .moment, "restarts": .count, "active_requests": .count, "resident_bytes": .count,
                    "confinement_level": .integer,
                ])
            case .logRecord: .object(members: Operations.logMembers)
            case .tunnel: Operations.tunnelState
            }
        }
    }

    private static let error = Shape.object(
        ["error": Shape.text.says("For people."), "code": .word(AdminError.Code.allCases.map(\.rawValue))],
        optional: ["details": Shape(["type": "object", "additionalProperties": true])])

    private static let accountMembers: Members = [
        ("id", .id), ("kind", .word(["code_assist", "gemini_key"])),
        ("email", Shape.text.says("Of an API key its label.")), ("name", Shape.text.orNull), ("is_current", .flag),
        ("disabled", Shape.flag.says("By the gateway: the credentials are dead.")),
        ("disabled_reason", Shape.text.orNull), ("disabled_at", Shape.moment.orNull),
        ("proxy_disabled", Shape.flag.says("By the operator: no AI traffic.")),
        ("proxy_disabled_reason", Shape.text.orNull), ("proxy_disabled_at", Shape.moment.orNull),
        ("protected_models", .list(of: .text)), ("quota", Shape.named(.quota).orNull), ("device_bound", .flag),
        ("last_used", .moment), ("created_at", .moment), ("token_expires_at", Shape.moment.orNull),
        ("has_project", .flag), ("state", .word(AccountState.words.map { $0.uppercased() })),
        ("state_reason", Shape.text.orNull), ("state_until", Shape.moment.orNull),
        ("validation_url", Shape.text.orNull), ("locks", .list(of: .named(.lock))),
    ]

    private static let status: Shape = {
        let modes = Configuration.AuthMode.allCases.map(\.rawValue)
        return .object([
            "running": Shape.flag.says("AI requests are served."), "port": .whole(1...65535), "base_url": .text,
            "url": .text, "active_accounts": .count, "version": .text, "uptime_seconds": .count,
            "auth_mode": .word(modes), "effective_auth_mode": .word(modes), "env_overrides": .list(of: .text),
            "restart_required": .list(of: .text), "logging_enabled": .flag,
            "scheduling": .object(["leases": .count, "waiting": .count, "bindings": .count, "quarantined": .count]),
            "storage": .object([
                "full": .flag, "restored_from": .text.orNull.says("The backup that took the place of a damaged state."),
                "telemetry_emptied": .flag,
            ]),
            "workers": .list(of: .named(.worker)),
        ])
    }()
}
