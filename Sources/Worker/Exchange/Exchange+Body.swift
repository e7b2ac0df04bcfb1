import APIErrors
import HTTP
import Translation
import Transport

/// The body of the request: read within the bounds, and counted as held until it is released.
extension Exchange {
    /// The body, if all of it has come with the head: nearly every small one.
    @inline(never) func bodyAtHand() throws(GenerationEnd) -> [UInt8]? {
        try reserveDeclared()
        do throws(BodyError) {
            let body = try client.connection.bodyAtHand(sizeMaxBytes: snapshot.document.bodySizeMaxBytes)
            if let body { log.received(body) }
            return body
        } catch {
            throw Self.end(error)
        }
    }

    func readBody() async throws(GenerationEnd) -> [UInt8] {
        if let body = try bodyAtHand() { return body }
        var body: [UInt8] = []
        // A chunked body is counted as it grows: nobody knows its length.
        while try await readMore(of: &body) { try reserveBody(body.count) }
        try reserveBody(body.count)
        log.received(body)
        return body
    }

    private func readMore(of body: inout [UInt8]) async throws(GenerationEnd) -> Bool {
        do throws(BodyError) {
            return try await client.connection.readMore(
                of: &body, sizeMaxBytes: snapshot.document.bodySizeMaxBytes)
        } catch {
            throw Self.end(error)
        }
    }

    /// The request that a body holds. The record names the model that was asked for, also when the rest cannot be read.
    func decode(
        _ body: RequestBody, by decode: (RequestBody) throws(APIFailure) -> GenerationRequest
    ) throws(APIFailure) -> GenerationRequest {
        do throws(APIFailure) {
            let request = try decode(body)
            note(model: request.clientModel)
            return request
        } catch {
            if let name = body.model { note(model: name) }
            throw error
        }
    }

    /// A name that no model can have is not kept: it has any length.
    private func note(model name: String) {
        if name.utf8.count <= ModelRouter.nameSizeMaxBytes { log.clientModel = name }
    }

    /// Takes room for that many bytes in all. What no worker has room for alone is too large, whoever else asks.
    func reserveBody(_ byteCount: Int) throws(GenerationEnd) {
        guard byteCount > reservedBytes else { return }
        let room = client.context.bodyRoom
        guard byteCount <= room.sizeMaxBytes else { throw .failed(.tooLarge()) }
        guard room.take(byteCount - reservedBytes) else { throw .failed(APIFailure(.memoryFull)) }
        reservedBytes = byteCount
    }

    /// The body is no longer held by anybody.
    func releaseBody() {
        log.released(contentType: head.fields["content-type"])
        client.context.bodyRoom.giveBack(reservedBytes)
        reservedBytes = 0
    }

    private func reserveDeclared() throws(GenerationEnd) {
        guard case .length(let length) = head.framing, length <= snapshot.document.bodySizeMaxBytes else { return }
        try reserveBody(length)
    }

    private static func end(_ error: BodyError) -> GenerationEnd {
        switch error {
        case .tooLarge: .failed(.tooLarge())
        case .refused(let refusal): .failed(.refusal(refusal))
        case .stalled: .failed(APIFailure(.requestTimeout))
        case .peerGone: .stopped(.clientGone)
        }
    }
}
