import JSON

/// Values that several examples of the description show.
nonisolated enum Examples {
    static let id: JSONValue = "3f0c6b1e-5b0e-4f0e-9a53-0d8a4f9a7b11"
    static let state: JSONValue = "0d0a6b1e-5b0e-4f0e-9a53-0d8a4f9a7b11"

    static let quota: JSONValue = [
        "models": [["name": "gemini-3-flash", "percentage": 87, "reset_time": "2026-01-27T18:05:11Z"]],
        "last_updated": 1_769_500_000, "is_forbidden": false, "subscription_tier": "free-tier",
    ]

    static let account: JSONValue = [
        "id": id, "kind": "code_assist", "email": "dev@example.com", "name": "Dev Example", "is_current": true,
        "disabled": false, "disabled_reason": .null, "disabled_at": .null, "proxy_disabled": false,
        "proxy_disabled_reason": .null, "proxy_disabled_at": .null, "protected_models": [], "quota": quota,
        "device_bound": false, "last_used": 1_769_499_000, "created_at": 1_769_000_000,
        "token_expires_at": 1_769_503_000, "has_project": true, "state": "ACTIVE", "state_reason": .null,
        "state_until": .null, "validation_url": .null, "locks": [],
    ]

    static let device: JSONValue = [
        "machine_id": "auth0|user_x", "mac_machine_id": "m", "dev_device_id": "d", "sqm_id": "{S}",
    ]

    static let login: JSONValue = [
        "url": "https://accounts.google.com/o/oauth2/v2/auth?client_id=me", "state": state,
        "redirect_uri": "http://localhost:8045/auth/callback", "expires_in": 600,
    ]

    /// A fresh document with a key.
    static let config = ConfigDocument.fresh
        .setting("proxy.api_key", to: "sk-0123456789abcdef0123456789abcdef").shown(overrides: [:])

    static let worker: JSONValue = [
        "id": 0, "pid": 4123, "state": "ready", "started_at": 1_769_500_000, "restarts": 0, "active_requests": 1,
        "resident_bytes": 9_437_184, "confinement_level": 3,
    ]

    static let status: JSONValue = [
        "running": true, "port": 8045, "base_url": "http://127.0.0.1:8045", "url": "http://127.0.0.1:8045",
        "active_accounts": 3, "version": "0.1.0", "uptime_seconds": 5321, "auth_mode": "auto",
        "effective_auth_mode": "all_except_health", "env_overrides": ["proxy.api_key"], "restart_required": [],
        "logging_enabled": true, "scheduling": ["leases": 1, "waiting": 0, "bindings": 4, "quarantined": 0],
        "storage": ["full": false, "restored_from": .null, "telemetry_emptied": false],
        "workers": [worker],
    ]

    static let logRecord: JSONValue = [
        "id": "0d0a6b1e-5b0e-4f0e-9a53-0d8a4f9a7b12", "timestamp": 1_769_500_123_456, "method": "POST",
        "url": "/v1/messages?beta=true", "status": 200, "duration": 4120, "model": "claude-sonnet-4-5-20250929",
        "mapped_model": "claude-sonnet-4-5-thinking", "account_email": "dev@example.com", "error": .null,
        "request_body": .null, "response_body": .null, "input_tokens": 1834, "output_tokens": 512,
        "protocol": "anthropic", "cursor_payload_kind": .null, "client_ip": "192.0.2.7", "worker_id": 0,
        "stream": true, "request_id": "req_0d0a6b1e",
    ]

    static let logDetail: JSONValue = {
        var detail = logRecord
        detail["bodies"] = "errors"
        return detail
    }()
}
