import Glibc
import HTTP
import Platform
import Testing

@testable import Transport

/// What the loop delivers first is seen before a request that was sent after it.
@MainActor @Suite struct ReadOrderTests {
    private let get = "GET /one HTTP/1.1\r\nHost: h\r\n\r\n"

    @Test(arguments: [false, true])
    func `a further request is not read before what had priority when it came`(isHandedOver: Bool) async throws {
        let wire = try await TestWire.tcp()
        let client = wire.client
        var ends: [CInt] = [0, 0]
        #expect(socketpair(AF_UNIX, CInt(SOCK_SEQPACKET.rawValue), 0, &ends) == 0)
        defer { for end in ends { close(end) } }
        var isTold = false
        let watch = try DescriptorWatch(ends[0], interest: .readable, mode: .edge, priority: .first) { _ in
            isTold = true
        }
        defer { watch.cancel() }

        client.send(get)
        var connection = wire.connection()
        if isHandedOver {
            _ = try await connection.nextRequest()
            guard let detached = connection.detach() else { throw SystemError(call: "detach", errno: 0) }
            let (received, consumed, written) = (detached.received, detached.consumedTotal, detached.writtenTotal)
            connection = ServerConnection(
                detached.takeSocket(), peer: .local, received: received, consumedTotal: consumed, writtenTotal: written)
        }
        _ = try await connection.nextRequest()
        await connection.respond(ResponseHead(status: 200), body: [])
        // All of this happens while the server's task is not looked at by anybody: first the news, then the request.
        #expect(write(ends[1], "x", 1) == 1)
        client.send(get)
        let head = try await connection.nextRequest()
        check(head?.path, "/one", "the request arrives")
        check(isTold, true, "the news came first")
        await connection.respond(ResponseHead(status: 200), body: [])
        client.close()
        await connection.close()
    }
}
