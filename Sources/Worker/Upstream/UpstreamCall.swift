import GoogleAPI
import HTTP
import IPC
import Transport

/// The HTTP request of one attempt.
nonisolated enum UpstreamCall {
    /// What is read of an error body: classification looks at no more.
    static let errorBodyMaxBytes = 64 * 1024

    static func request(_ body: [UInt8], lease: HeldLease, snapshot: WorkerSnapshot) -> ClientRequest {
        let urls = snapshot.streamURLs
        return ClientRequest(
            method: .post, url: urls[min(lease.endpoint, urls.count - 1)], lines: snapshot.streamFields,
            fields: [("Authorization", "Bearer " + lease.terms.credential.value)], body: body,
            connectTimeout: snapshot.document.exchange.connect)
    }

    /// A call that is answered in one piece.
    static func request(
        _ body: [UInt8], method: String, lease: HeldLease, snapshot: WorkerSnapshot
    ) -> ClientRequest {
        let addresses = snapshot.document.addresses
        return ClientRequest(
            method: .post,
            url: addresses.codeAssist(
                base: min(lease.endpoint, addresses.codeAssistBases.count - 1), method: method),
            fields: [
                ("Authorization", "Bearer " + lease.terms.credential.value),
                ("Content-Type", "application/json"),
                ("User-Agent", snapshot.document.userAgent),
                ("Accept", "application/json"),
            ], body: body, connectTimeout: snapshot.document.exchange.connect)
    }
}
