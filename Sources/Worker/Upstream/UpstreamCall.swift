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
    /// - Parameters:
    ///   - remakeBody: as in `ClientRequest`.
    ///   - model: the id in the terms of the lease's API.
    static func request(
        _ body: [UInt8], remakeBody: @escaping @MainActor () -> [UInt8]?, model: String, lease: HeldLease,
        snapshot: WorkerSnapshot
    ) -> ClientRequest {
        ClientRequest(
            streamOpening(model, lease, snapshot), fields: credential(of: lease), body: body, remakeBody: remakeBody,
            connectTimeout: snapshot.document.exchange.connect)
    }

    /// A call that is answered in one piece.
    static func request(
        _ body: [UInt8], remakeBody: (@MainActor () -> [UInt8]?)? = nil, method: String, model: String,
        lease: HeldLease, snapshot: WorkerSnapshot
    ) -> ClientRequest {
        var fields = credential(of: lease)
        fields.add("Content-Type", "application/json")
        fields.add("User-Agent", snapshot.document.userAgent)
        fields.add("Accept", "application/json")
        let url = HTTPURL(url(method, model, lease, snapshot))
        return ClientRequest(
            url.map { RequestOpening(method: .post, url: $0) }, fields: fields, body: body, remakeBody: remakeBody,
            connectTimeout: snapshot.document.exchange.connect)
    }

    private static func streamOpening(
        _ model: String, _ lease: HeldLease, _ snapshot: WorkerSnapshot
    ) -> RequestOpening? {
        switch lease.terms.accountKind {
        case .codeAssist: snapshot.streams[min(lease.endpoint, snapshot.streams.count - 1)]
        case .geminiKey:
            HTTPURL(url(stream, model, lease, snapshot))
                .map { RequestOpening(method: .post, url: $0, lines: snapshot.streamFields) }
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

    private static func credential(of lease: HeldLease) -> FieldLines {
        switch lease.terms.accountKind {
        case .codeAssist: FieldLines("Authorization", prefix: "Bearer ", lease.terms.credential.value)
        case .geminiKey: FieldLines("x-goog-api-key", lease.terms.credential.value)
        }
    }
}
