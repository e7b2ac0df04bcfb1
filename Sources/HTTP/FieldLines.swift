/// Fields as they go onto the wire: written once, used by many requests.
public struct FieldLines: Sendable, Equatable {
    /// Whole lines with their ends.
    public private(set) var bytes: [UInt8] = []

    public init(_ fields: [(name: String, value: String)] = []) {
        for (name, value) in fields { add(name, value) }
    }

    /// One line. `prefix` is the constant part of the value in front of the rest.
    public init(_ name: StaticString, prefix: StaticString = "", _ value: String) {
        name.withUTF8Buffer { bytes.appendFieldLine($0, prefix: prefix, value) }
    }

    /// Appends one line. Control characters of a value become spaces, so that no value can end its own line.
    public mutating func add(_ name: String, _ value: String) {
        var name = name
        name.withUTF8 { bytes.appendFieldLine($0, value) }
    }
}
