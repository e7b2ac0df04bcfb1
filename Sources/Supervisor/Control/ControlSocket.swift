import Glibc
import HTTP
import Platform
import Transport

/// The admin routes on a Unix socket, for the operator's command: whoever may open it needs no token. Only the service's own
/// user and root may, by the file's mode and by what the kernel says of the peer.
final class ControlSocket {
    let path: String
    private let serve: (ServerConnection, HTTPRequestHead) async -> Void
    private var listener: Listener?
    private var connections: [ObjectIdentifier: ServerConnection] = [:]

    /// More at once are not served.
    static let connectionsMax = 16

    init(path: String, serve: @escaping (ServerConnection, HTTPRequestHead) async -> Void) {
        self.path = path
        self.serve = serve
    }

    /// Without the socket the gateway serves all the same; why it is not there is said.
    func open() {
        do throws(SystemError) {
            let listener = try Listener(bindingUnix: path)
            try listener.start { [weak self] socket, peer in self?.accept(socket, peer) }
            self.listener = listener
        } catch {
            Log.warning(
                "control-socket", "the operator's command cannot reach this gateway", ["path": path, "reason": error])
        }
    }

    func close() {
        guard let listener else { return }
        unlink(path)
        listener.stop()
        self.listener = nil
    }

    private func accept(_ socket: consuming FileDescriptor, _ peer: PeerAddress) {
        let user = PeerAddress.userID(of: socket)
        guard user == geteuid() || user == 0, connections.count < Self.connectionsMax else { return }
        let connection = ServerConnection(socket, peer: peer)
        connections[ObjectIdentifier(connection)] = connection
        Task {
            await serve(connection)
            connections[ObjectIdentifier(connection)] = nil
        }
    }

    private func serve(_ connection: ServerConnection) async {
        // A request that cannot be read is no request of our command: the connection ends.
        while let head = try? await connection.nextRequest() {
            await serve(connection, head)
            guard connection.mayKeepAlive else { break }
        }
        await connection.close()
    }
}
