import Glibc

/// A system call that failed for a reason its caller has to know. "Would block" and "interrupted" never arrive here.
public struct SystemError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Name of the call, as in its manual page.
    public let call: String
    public let errno: CInt

    public init(call: String, errno: CInt) {
        self.call = call
        self.errno = errno
    }

    /// With the errno of the call that has just failed.
    init(_ call: StaticString) { self.init(call: "\(call)", errno: Glibc.errno) }

    public var description: String {
        "\(call): \(strerror(errno).map { String(cString: $0) } ?? "unknown error") (\(errno))"
    }
}
