extension StringProtocol {
    /// Whether these bytes stand somewhere in the text. Meant for ASCII words in model ids, which every request asks for:
    /// `contains(_:)` compares by characters and takes a hundred times as long.
    public func hasWord(_ word: StaticString) -> Bool {
        word.withUTF8Buffer { wanted in
            utf8.withContiguousStorageIfAvailable { $0.holds(wanted) }
                ?? Array(utf8).withUnsafeBufferPointer { $0.holds(wanted) }
        }
    }
}

extension UnsafeBufferPointer<UInt8> {
    fileprivate func holds(_ wanted: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = wanted.first else { return true }
        guard count >= wanted.count else { return false }
        for start in 0...(count - wanted.count) where self[start] == first {
            if (1..<wanted.count).allSatisfy({ self[start + $0] == wanted[$0] }) { return true }
        }
        return false
    }
}
