import IPC

extension LedgerSlot {
    /// The request digest as sixteen bytes; nil while it is unknown.
    var digestBytes: [UInt8]? {
        guard digest != (0, 0) else { return nil }
        return withUnsafeBytes(of: (digest.0.littleEndian, digest.1.littleEndian)) { [UInt8]($0) }
    }
}
