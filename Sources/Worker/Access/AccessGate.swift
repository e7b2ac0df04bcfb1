import APIErrors
import Digest
import HTTP

/// Whether a request may use the AI endpoints. Pure: configuration and head in, verdict out.
nonisolated struct AccessGate: Sendable {
    let authentication: WorkerSnapshot.Authentication
    let apiKeyDigest: [UInt8]?
    let hosts: [String]

    init(_ document: WorkerSnapshot.Document) {
        authentication = document.authentication
        apiKeyDigest = document.apiKeyDigest
        hosts = document.hosts.map(HostName.bare)
    }

    /// nil lets the request in.
    ///
    /// With authentication off, a web page in the operator's browser must still not be able to spend the accounts: a request
    /// of a foreign page needs the key, and `Host` must name this machine, else a name server could point anywhere.
    func refusal(of head: HTTPRequestHead, isGeminiPath: Bool) -> APIFailure? {
        if authentication == .off {
            let host = HostName.bare(head.host ?? "")
            guard HostName.isLoopback(host) || hosts.contains(host) else {
                return APIFailure(.forbidden, message: "This host name is not served without a key.")
            }
            if !isForeign(head) { return nil }
        }
        return holdsKey(head, isGeminiPath: isGeminiPath) ? nil : .unauthorized
    }

    private func holdsKey(_ head: HTTPRequestHead, isGeminiPath: Bool) -> Bool {
        guard let apiKeyDigest else { return false }
        var matches = false
        for secret in presentedCredentials(in: head, for: .ai(geminiPath: isGeminiPath)) {
            // No early return: which of several credentials matched must not show in the time.
            if constantTimeEquals(SHA256.hash(Array(secret.utf8)), apiKeyDigest) { matches = true }
        }
        return matches
    }

    /// Browsers say where a page comes from; other clients say nothing.
    private func isForeign(_ head: HTTPRequestHead) -> Bool {
        if head.fields["sec-fetch-site"] == "cross-site" { return true }
        guard let origin = head.fields["origin"] else { return false }
        return HostName.authority(ofOrigin: origin) != head.host?.lowercased()
    }
}
