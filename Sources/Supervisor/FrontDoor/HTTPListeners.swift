import Glibc
import Platform

/// Where clients come in: the sockets the service manager opened for us, or our own on the configured port.
struct HTTPListeners {
    /// Connections the kernel keeps while nobody accepts; it takes at most `net.core.somaxconn` of them.
    static let backlog: CInt = 4096
    /// How often another port is tried when the kernel's choice for IPv4 is taken for IPv6.
    static let portSearchMax = 16

    let listeners: [Listener]
    /// They belong to the service manager: never closed and never bound again by us.
    let areInherited: Bool
    /// The configured port, or what the kernel chose for port 0.
    let port: UInt16

    /// Nobody but this host can connect.
    var isLoopbackOnly: Bool { listeners.allSatisfy(\.isLoopbackOnly) }

    /// What a client on this machine calls the gateway.
    var address: String { "http://127.0.0.1:\(port)" }

    /// The listening sockets among those the service manager passed; nil if there is none. What does not listen is closed.
    static func adopt(_ inherited: [InheritedSocket]) -> HTTPListeners? {
        var listeners: [Listener] = []
        for socket in inherited {
            if let listening = socket.takeIfListening() { listeners.append(Listener(adopting: listening)) }
        }
        guard let first = listeners.first else { return nil }
        return HTTPListeners(listeners: listeners, areInherited: true, port: first.port)
    }

    /// Binds our own.
    /// - Parameters:
    ///   - port: 0 lets the kernel choose one, the same for both address families.
    ///   - beyondLoopback: on every address of the host instead of those that only the host itself reaches.
    static func bind(port: UInt16, beyondLoopback: Bool) throws(ListenError) -> HTTPListeners {
        if beyondLoopback { return try bindEverywhere(port: port) }
        for _ in 0..<portSearchMax {
            let v4 = try listen("127.0.0.1", port)
            do throws(ListenError) {
                let v6 = try listen("::1", v4.port)
                return HTTPListeners(listeners: [v4, v6], areInherited: false, port: v4.port)
            } catch {
                switch error {
                case .portInUse where port == 0: continue
                case .noSuchAddress: return HTTPListeners(listeners: [v4], areInherited: false, port: v4.port)
                default: throw error
                }
            }
        }
        throw .portInUse(host: "::1", port: port)
    }

    /// One socket for both families; where the kernel has no IPv6, one for IPv4.
    private static func bindEverywhere(port: UInt16) throws(ListenError) -> HTTPListeners {
        let listener: Listener
        do throws(ListenError) {
            listener = try listen("::", port)
        } catch {
            guard case .noSuchAddress = error else { throw error }
            listener = try listen("0.0.0.0", port)
        }
        return HTTPListeners(listeners: [listener], areInherited: false, port: listener.port)
    }

    private static func listen(_ host: String, _ port: UInt16) throws(ListenError) -> Listener {
        do {
            return try Listener(bindingTCP: host, port: port, backlog: backlog)
        } catch {
            throw ListenError(host: host, port: port, error)
        }
    }
}
