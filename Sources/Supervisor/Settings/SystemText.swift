import Glibc

/// The system's words for an error number.
nonisolated enum SystemText {
    static func of(_ errno: CInt) -> String {
        strerror(errno).map { String(cString: $0) } ?? "error \(errno)"
    }
}
