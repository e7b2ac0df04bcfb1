/// The version of what is said on a channel.
///
/// The major stands in every message header. Across majors only `hello`, `drain` and `drained` keep their shape, so that
/// a supervisor can always end a worker of another build decently. The minor counts additions at the end of a message
/// body or new kinds; it is exchanged in `hello` and `ready` and needs no agreement, because a reader skips what it does
/// not know.
public enum ProtocolVersion {
    public static let major: UInt8 = 2
    public static let minor: UInt16 = 1
}
