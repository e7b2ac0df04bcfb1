import Digest
import HTTP

/// Who may use the admin API.
nonisolated enum AdminGuard {
    /// Whether a request presents the secret. Hashes are compared, in constant time, so that neither content nor length
    /// of the secret shows in the time it takes. With an empty secret nobody may.
    static func isOpen(_ head: HTTPRequestHead, to secret: String, at place: CredentialPlace) -> Bool {
        guard !secret.isEmpty else { return false }
        let wanted = SHA256.hash(Array(secret.utf8))
        var isOpen = false
        for credential in presentedCredentials(in: head, for: place) {
            isOpen = constantTimeEquals(SHA256.hash(Array(credential.utf8)), wanted) || isOpen
        }
        return isOpen
    }
}
