import Transport

extension ClientError {
    /// The word for it in reports.
    nonisolated var word: String {
        switch self {
        case .resolve: "resolve"
        case .connect: "connect"
        case .tls: "tls"
        case .timeout: "connect_timeout"
        case .reset: "reset"
        case .cancelled: "cancelled"
        case .tooLarge: "too_large"
        case .malformed: "malformed"
        case .other(let code, _): "curl_\(code)"
        }
    }
}
