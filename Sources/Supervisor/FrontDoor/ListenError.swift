import Glibc
import Platform

/// Why the listening sockets could not be opened. Its description is the one line an operator sees.
nonisolated enum ListenError: Error, Equatable, CustomStringConvertible {
    case portInUse(host: String, port: UInt16)
    case portNotPermitted(host: String, port: UInt16)
    /// The host has no such address, or the kernel does not know its family.
    case noSuchAddress(host: String)
    case cannotListen(host: String, port: UInt16, SystemError)

    init(host: String, port: UInt16, _ error: SystemError) {
        switch error.errno {
        case EADDRINUSE: self = .portInUse(host: host, port: port)
        case EACCES: self = .portNotPermitted(host: host, port: port)
        case EAFNOSUPPORT, EADDRNOTAVAIL: self = .noSuchAddress(host: host)
        default: self = .cannotListen(host: host, port: port, error)
        }
    }

    var description: String {
        switch self {
        case .portInUse(let host, let port):
            "port \(port) of \(host) is in use by another program; set PORT to a free one"
        case .portNotPermitted(let host, let port):
            "port \(port) of \(host) needs a privilege this process does not have; set PORT to one above 1023"
        case .noSuchAddress(let host):
            "this host has no address \(host) to listen on"
        case .cannotListen(let host, let port, let error):
            "cannot listen on port \(port) of \(host) (setting PORT): \(error)"
        }
    }
}
