import GoogleAPI
import HTTP
import IPC
import Transport

/// The HTTP request of one attempt. Credentials stand in its fields, never in its address.
nonisolated enum UpstreamCall {
    /// What is read of an error body: classification looks at no more.
    static let errorBodyMaxBytes = 64 * 1024
    private static let stream = "streamGenerateContent"

    /// A generation, which is always a stream.
    ///
    /// - Parameter model: the id in the terms of the lease's API.
    static func request(_ body: [UInt8], model: String, lease: HeldLease, snapshot: WorkerSnapshot) -> ClientRequest {
        ClientRequest(
            method: .post, url: streamURL(model, lease, snapshot), lines: snapshot.streamFields,
            fields: [credential(of: lease)], body: body, connectTimeout: snapshot.document.exchange.connect)
    }

    /// A call that is answered in one piece.
    static func request(
        _ body: [UInt8], method: String, model: String, lease: HeldLease, snapshot: WorkerSnapshot
    ) -> ClientRequest {
        ClientRequest(
            method: .post, url: url(method, model, lease, snapshot),
            fields: [
                credential(of: lease),
                ("Content-Type", "application/json"),
                ("User-Agent", snapshot.document.userAgent),
                ("Accept", "application/json"),
            ], body: body, connectTimeout: snapshot.document.exchange.connect)
    }

    private static func streamURL(_ model: String, _ lease: HeldLease, _ snapshot: WorkerSnapshot) -> HTTPURL? {
        switch lease.terms.accountKind {
        case .codeAssist:
            let urls = snapshot.streamURLs
            return urls[min(lease.endpoint, urls.count - 1)]
        case .geminiKey: return HTTPURL(url(stream, model, lease, snapshot))
        }
    }

    private static func url(
        _ method: String, _ model: String, _ lease: HeldLease, _ snapshot: WorkerSnapshot
    ) -> String {
        let addresses = snapshot.document.addresses
        switch lease.terms.accountKind {
        case .codeAssist: return addresses.codeAssist(base: lease.endpoint, method: method)
        case .geminiKey: return addresses.gemini(model: model, method: method)
        }
    }

    private static func credential(of lease: HeldLease) -> (name: String, value: String) {
        switch lease.terms.accountKind {
        case .codeAssist: ("Authorization", "Bearer " + lease.terms.credential.value)
        case .geminiKey: ("x-goog-api-key", lease.terms.credential.value)
        }
    }
}
