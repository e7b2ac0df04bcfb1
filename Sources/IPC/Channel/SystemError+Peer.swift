import Glibc
import Platform

extension SystemError {
    /// The other end has gone.
    var isBrokenPeer: Bool { errno == ECONNRESET || errno == EPIPE || errno == ENOTCONN }
    /// The kernel is short of something that others will give back.
    var isTransientShortage: Bool { errno == ETOOMANYREFS || errno == ENOBUFS || errno == ENOMEM }
}
