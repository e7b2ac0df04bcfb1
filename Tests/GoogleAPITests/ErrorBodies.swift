/// Upstream error bodies, composed from the members that matter.
enum ErrorBodies {
    static func error(
        _ code: Int, _ status: String = "", message: String = "", details: [String] = [], more: String = ""
    ) -> String {
        let tail = details.isEmpty ? "" : #","details":[\#(details.joined(separator: ","))]"#
        return #"{"error":{"code":\#(code),"message":"\#(message)","status":"\#(status)"\#(more)\#(tail)}}"#
    }

    static func info(_ reason: String, _ metadata: String = "") -> String {
        #"{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"\#(reason)","domain":"cloudcode-pa.googleapis.com","metadata":{\#(metadata)}}"#
    }

    static func retry(_ delay: String) -> String {
        #"{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"\#(delay)"}"#
    }

    static func help(_ description: String, _ url: String) -> String {
        #"{"@type":"type.googleapis.com/google.rpc.Help","links":[{"description":"\#(description)","url":"\#(url)"}]}"#
    }

    static func quotaFailure(_ id: String) -> String {
        #"{"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"quotaId":"\#(id)","quotaValue":"0"}]}"#
    }

    static let html = "<!DOCTYPE html><html><title>Error 502</title><body>Bad Gateway daily per day</body></html>"
    static let exhausted = "Resource has been exhausted (e.g. check quota)."
    static let perMinute =
        "Quota exceeded for quota metric 'Tokens per minute' and limit. The quota has been exhausted."
}
