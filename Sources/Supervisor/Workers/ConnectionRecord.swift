import Platform

/// What has happened on a client connection so far, as it goes from owner to owner beside its socket.
struct ConnectionRecord {
    var peer: PeerAddress
    /// What was read and not served yet, from the first byte of a request; empty for an idle connection.
    var received: [UInt8] = []
    /// Bytes read from the connection before the first of `received`, over its whole life.
    var consumedBefore: UInt64 = 0
    /// Bytes written to the connection over its whole life.
    var written: UInt64 = 0
}
