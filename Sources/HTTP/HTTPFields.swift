/// The fields of a message: one byte buffer and where names and values stand in it. Strings are made when asked for.
///
/// A parsed head keeps its request line in the same buffer, so that a whole head costs one copy.
public struct HTTPFields: Sendable {
    /// Where one field stands in `bytes`; values are without surrounding white space.
    struct Entry: Sendable {
        var nameStart: UInt32
        var nameEnd: UInt32
        var valueStart: UInt32
        var valueEnd: UInt32

        var name: Range<Int> { Int(nameStart)..<Int(nameEnd) }
        var value: Range<Int> { Int(valueStart)..<Int(valueEnd) }
    }

    private(set) var bytes: [UInt8]
    private(set) var entries: [Entry]
    /// `bytes` are the fields as they go onto the wire and nothing else: a head is written by copying them.
    private(set) var areLines: Bool
    /// One bit for each name among the fields, by its length and its last letter: most names that are asked for stand in no
    /// request, and are told apart by their bit. A bit may stay behind when its field is removed.
    private var marks: UInt64 = 0

    public init() {
        bytes = []
        entries = []
        areLines = true
    }

    init(bytes: [UInt8], entries: [Entry]) {
        self.bytes = bytes
        self.entries = entries
        areLines = false
        bytes.withUnsafeBytes { raw in
            for entry in entries { marks |= Self.mark(count: entry.name.count, last: raw[Int(entry.nameEnd) - 1]) }
        }
    }

    public var count: Int { entries.count }

    /// The first value under `name`, in any case of letters; nil when there is no such field.
    public subscript(name: StaticString) -> String? { place(of: name).map(string) }

    /// Every value under `name`, in the order of arrival.
    public func all(_ name: StaticString) -> [String] {
        guard mayHold(name) else { return [] }
        return bytes.withUnsafeBytes { raw in
            var values: [String] = []
            for entry in entries where Self.matches(raw, entry, name) { values.append(Self.string(raw, entry.value)) }
            return values
        }
    }

    public func contains(_ name: StaticString) -> Bool { place(of: name) != nil }

    /// Makes room for fields that follow.
    /// - Parameter sizeBytes: of their names and values.
    public mutating func reserve(fieldCount: Int, sizeBytes: Int) {
        entries.reserveCapacity(entries.count + fieldCount)
        bytes.reserveCapacity(bytes.count + sizeBytes + 4 * fieldCount)
    }

    /// Appends a field. Control characters of a value become spaces, so that no value can end its own line.
    public mutating func add(_ name: String, _ value: String) {
        var name = name
        name.withUTF8 { add($0, value) }
    }

    /// Appends a field under a fixed name.
    public mutating func add(_ name: StaticString, _ value: String) {
        name.withUTF8Buffer { add($0, value) }
    }

    private mutating func add(_ name: UnsafeBufferPointer<UInt8>, _ value: String) {
        let nameStart = bytes.count
        let nameEnd = nameStart + name.count
        bytes.appendFieldLine(name, value)
        entries.append(
            Entry(
                nameStart: UInt32(nameStart), nameEnd: UInt32(nameEnd), valueStart: UInt32(nameEnd + 2),
                valueEnd: UInt32(bytes.count - 2)))
        if let last = name.last { marks |= Self.mark(count: name.count, last: last) }
    }

    /// Takes every field of this name away.
    public mutating func remove(_ name: StaticString) {
        bytes.withUnsafeBytes { raw in entries.removeAll { Self.matches(raw, $0, name) } }
        areLines = false
    }

    /// Adds bytes that belong to no field: where a head built by hand keeps its target.
    mutating func append(_ text: some Collection<UInt8>) -> Range<Int> {
        let start = bytes.count
        bytes.append(contentsOf: text)
        areLines = false
        return start..<bytes.count
    }

    func string(_ range: Range<Int>) -> String {
        bytes.withUnsafeBytes { Self.string($0, range) }
    }

    private func place(of name: StaticString) -> Range<Int>? {
        guard mayHold(name) else { return nil }
        return bytes.withUnsafeBytes { raw in
            for entry in entries where Self.matches(raw, entry, name) { return entry.value }
            return nil
        }
    }

    @inline(__always)
    private func mayHold(_ name: StaticString) -> Bool {
        let count = name.utf8CodeUnitCount
        return count > 0 && marks & Self.mark(count: count, last: name.utf8Start[count - 1]) != 0
    }

    @inline(__always)
    private static func mark(count: Int, last: UInt8) -> UInt64 {
        1 << UInt64((count &* 7 &+ Int(ASCII.lowercased(last))) & 63)
    }

    @inline(__always)
    private static func matches(_ raw: UnsafeRawBufferPointer, _ entry: Entry, _ name: StaticString) -> Bool {
        entry.nameEnd &- entry.nameStart == name.utf8CodeUnitCount
            && raw.part(entry.name).equalsIgnoringCase(name)
    }

    private static func string(_ raw: UnsafeRawBufferPointer, _ range: Range<Int>) -> String {
        String(decoding: raw[range], as: UTF8.self)
    }
}

extension HTTPFields: Sequence {
    public struct Iterator: IteratorProtocol {
        fileprivate let fields: HTTPFields
        fileprivate var index = 0

        public mutating func next() -> (name: String, value: String)? {
            guard index < fields.entries.count else { return nil }
            let entry = fields.entries[index]
            index += 1
            return (fields.string(entry.name), fields.string(entry.value))
        }
    }

    public func makeIterator() -> Iterator { Iterator(fields: self) }
    public var underestimatedCount: Int { entries.count }
}

extension HTTPFields: Equatable {
    /// The same names, spelled the same way, with the same values in the same order.
    public static func == (left: HTTPFields, right: HTTPFields) -> Bool {
        left.count == right.count && zip(left, right).allSatisfy { $0 == $1 }
    }
}
