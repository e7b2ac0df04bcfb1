/// What the texts and details of an error body say. Phrases were observed in upstream answers; all in lower case.
extension OutcomeEvidence {
    /// The page the user must visit, taken from metadata or from a help link that speaks of verification.
    var validationLink: String? {
        for name in ["validation_url", "validation_link", "validationUrl", "validationLink"] {
            if let link = body.metadata(name).flatMap(GoogleLink.accept) { return link }
        }
        let isDemanded = hasReason("VALIDATION_REQUIRED")
        for link in body.links {
            let words = link.description.lowercased()
            let speaksOfIt = words.contains("verify") || words.contains("validat")
            if isDemanded || speaksOfIt, let url = GoogleLink.accept(link.url) { return url }
        }
        return nil
    }

    /// The API key is unknown, expired, or taken back (Gemini API, "Troubleshooting").
    var namesBadKey: Bool {
        hasReason("API_KEY_INVALID") || says("api key not valid", "api key expired", "api key was reported as leaked")
    }

    /// The project resource itself is empty, unknown or disabled. A service that is off in a project is not meant, nor is a
    /// model whose resource name begins with a project.
    var namesBadProject: Bool {
        if hasReason("CONSUMER_INVALID", "RESOURCE_PROJECT_INVALID", "USER_PROJECT_DENIED") { return true }
        guard says("project"), !hasReason("SERVICE_DISABLED", "BILLING_DISABLED"),
            !says("model", "api has not been used")
        else { return false }
        return says(
            "project resource name", "resource project", "resource 'projects/", "resource projects/", "invalid project",
            "unknown project", "missing project", "project is required", "project must", "project not found",
            "project does not exist", "project has been deleted", "project is disabled")
            || says("not found", "not exist", "was deleted", "been deleted", "been disabled", "is invalid")
            || body.status == "FAILED_PRECONDITION" && !says("billing", "location")
    }

    /// A refused signature or thinking block, a refused thinking configuration, or a countTokens request with more in it
    /// than this account's backend takes. One repaired try is worth it.
    var isRepairable: Bool {
        if says(
            "invalid `signature`", "invalid signature", "signature: field required", "thinking: field required",
            "corrupted thought signature", "thought signature is not valid", "missing a thought_signature",
            "missing a `thought_signature`", "failed to deserialise", "failed to deserialize", "must be `thinking`",
            "found `text`", "expected `thinking`", "expected thinking", "thought_signature is invalid")
        {
            return true
        }
        if says(
            "thinking_level", "thinkinglevel", "thinking level", "thinking_budget", "thinkingbudget", "thinking budget",
            "thinking_config", "thinkingconfig", "thinking config", "budget_tokens", "thinking is not supported")
        {
            return true
        }
        let countTokensOnly = [
            "systeminstruction", "system_instruction", "tools", "toolconfig", "tool_config", "generationconfig",
            "generation_config", "safetysettings", "safety_settings", "project", "useragent", "requesttype",
            "requestid",
        ]
        return countTokensOnly.contains { says("unknown name \"\($0)\"") } || says("thought parts are not supported")
    }

    var namesTokenLimit: Bool {
        if says("output token", "output_token", "outputtoken") { return false }
        return says(
            "token count", "prompt is too long", "input is too long", "too many tokens", "context length",
            "context window", "maximum number of tokens", "token limit")
            || says("exceeds the maximum", "too long") && says("token", "prompt", "input", "context")
    }

    var namesCapacity: Bool {
        body.reasons.contains { $0.hasSuffix("MODEL_CAPACITY_EXHAUSTED") || $0.hasSuffix("MODEL_CAPACITY_EXCEEDED") }
            || says("no capacity available")
    }

    var namesQuotaWindow: Bool { hasReason("QUOTA_EXHAUSTED") || hasViolation("PerDay", "Daily") }

    /// There is deliberately no rule on the bare words "exhausted" or "quota": per-minute messages hold both.
    var saysQuotaWindow: Bool {
        says("per day", "daily", "quota will reset", "individual quota reached") || saysLimitZero
    }

    /// "limit: 0", but not "limit: 0.5" or "limit: 05".
    private var saysLimitZero: Bool {
        var rest = text[...]
        while let found = rest.firstRange(of: "limit: 0") {
            rest = rest[found.upperBound...]
            let next = rest.first
            let isDecimal = next == "." && rest.dropFirst().first?.isNumber == true
            if next?.isNumber != true, !isDecimal { return true }
        }
        return false
    }

    var namesShortLimit: Bool {
        hasReason("RATE_LIMIT_EXCEEDED") || hasViolation("PerMinute")
            || says("per minute", "too many requests", "rate limit")
    }

    /// Milliseconds to wait if this were a short limit.
    var shortDelay: Int? { delays.retryInfoFirst?.milliseconds }
}
