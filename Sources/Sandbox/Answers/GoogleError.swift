import JSON

/// Error bodies as the service sends them (google.rpc.Status), for scripted trouble.
nonisolated enum GoogleError {
    /// - Parameters:
    ///   - reason: of an ErrorInfo detail; nil sends none.
    ///   - retryDelay: of a RetryInfo detail such as `2.5s`.
    ///   - metadata: of the ErrorInfo.
    static func body(
        _ status: Int, message: String, reason: String? = nil, retryDelay: String? = nil,
        metadata: JSONObject = [:], link: String? = nil, word: String? = nil
    ) -> JSONValue {
        var details: [JSONValue] = []
        if let link {
            details.append([
                "@type": "type.googleapis.com/google.rpc.Help",
                "links": [["description": "Verify your account", "url": .string(link)]],
            ])
        }
        if let retryDelay {
            details.append(["@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": .string(retryDelay)])
        }
        if let reason {
            details.append([
                "@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": .string(reason),
                "domain": "cloudcode-pa.googleapis.com", "metadata": .object(metadata),
            ])
        }
        var error: JSONObject = [
            "code": .int(status), "message": .string(message), "status": .string(word ?? Refusal.word(of: status)),
        ]
        if !details.isEmpty { error.append("details", .array(details)) }
        return ["error": .object(error)]
    }

    /// The usual body of a status.
    static func usual(_ status: Int, reason: String?, retryDelay: String?, model: String) -> JSONValue {
        let message =
            switch status {
            case 400: "Request contains an invalid argument."
            case 401: "Request had invalid authentication credentials. Expected OAuth 2 access token."
            case 403: "The caller does not have permission"
            case 404: "Requested entity was not found."
            case 429 where reason == "MODEL_CAPACITY_EXHAUSTED":
                "No capacity available for model \(model) on the server"
            case 429 where reason == nil: "Resource has been exhausted (e.g. check quota)."
            case 429: "You have exhausted your capacity on this model."
            case 500: "Internal error encountered."
            case 503: "The model is overloaded. Please try again later."
            default: "Scripted answer with status \(status)."
            }
        var metadata: JSONObject = reason == nil ? [:] : ["model": .string(model)]
        if reason == "QUOTA_EXHAUSTED" { metadata.append("quotaResetDelay", .string(retryDelay ?? "1h16m0.667s")) }
        let link = reason == "VALIDATION_REQUIRED" ? "https://accounts.google.com/signin/continue?sandbox=1" : nil
        return body(
            status, message: message, reason: reason, retryDelay: retryDelay, metadata: metadata, link: link)
    }
}
