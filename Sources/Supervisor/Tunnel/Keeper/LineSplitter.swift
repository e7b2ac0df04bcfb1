/// Cuts what a program writes into lines, whatever pieces it comes in. A line that is too long is kept up to its bound, and the
/// rest of it is passed over.
nonisolated struct LineSplitter {
    static let lineSizeMaxBytes = 4096

    private var line: [UInt8] = []

    /// - Parameter onLine: without its end, also when that is CR LF.
    mutating func feed(_ bytes: some Sequence<UInt8>, _ onLine: (String) -> Void) {
        for byte in bytes {
            if byte == UInt8(ascii: "\n") {
                end(onLine)
            } else if line.count < Self.lineSizeMaxBytes {
                line.append(byte)
            }
        }
    }

    /// What stands behind the last end of a line.
    mutating func finish(_ onLine: (String) -> Void) {
        if !line.isEmpty { end(onLine) }
    }

    private mutating func end(_ onLine: (String) -> Void) {
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        onLine(String(decoding: line, as: UTF8.self))
        line.removeAll(keepingCapacity: true)
    }
}
