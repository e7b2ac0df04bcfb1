/// What stands in a stored body in place of what was left out. The worker writes it, the supervisor must know it again.
public enum StoredBodyMark {
    /// The line behind a cut begins with it.
    public static let cut = Array("\n…[truncated, ".utf8)

    /// The line behind the first bytes of a body that had so many.
    public static func cut(of totalBytes: Int) -> [UInt8] { cut + Array("\(totalBytes) bytes total]".utf8) }
}
