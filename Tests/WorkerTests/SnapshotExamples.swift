import Digest

/// What a supervisor would send.
enum SnapshotExamples {
    static let keyDigest = SHA256.hash(Array("sk-right".utf8))

    static let document = """
        {"revision": 7, "api_key_sha256": "\(Hex.encode(keyDigest))", "auth_mode": "off", "is_enabled": false,
         "custom_mapping": {"mine": "gemini-3-flash", "gpt-*": "gemini-3-pro-high"}, "request_timeout": 33,
         "cursor_reasoning_mode": "inline",
         "gateway": {"http": {"idle_timeout": 9, "hosts": ["a.lan"]}, "logging": {"expose_account_header": true},
           "scheduling": {"total_timeout": 100, "heartbeat_seconds": 5}, "translation": {"unknown_model": "reject", "only_real_models": true, "safety": "low",
             "thinking_budget_mode": "custom:77", "search_model": "finder", "append_sources": true, "keep_dropped_thinking_as_text": true, "penalty_models": ["a-*"],
             "logprobs_models": ["b"], "claude_twins": false, "remote_media": false, "remote_media_hosts": ["Files.lan:81"]},
           "upstream": {"http2": true}},
         "models": [{"id": "gemini-9-new", "max_output_tokens": 1234}, {"no": "id"}], "deprecated_models": {"old": "new"},
         "google_addresses": {"code_assist_bases": ["http://127.0.0.1:1", "http://127.0.0.1:2"]},
         "upstream_proxy": null, "user_agent": "test/1", "certificate_file": "/ca.pem",
         "limits": {"body_size_max_bytes": 1000}, "unknown": []}
        """
}
