/// Fields as they go onto the wire: written once, used by many requests.
public struct FieldLines: Sendable, Equatable {
    /// Whole lines with their ends.
    public private(set) var bytes: [UInt8] = []

    public init(_ fields: [(name: String, value: String)] = []) {
        for (name, value) in fields { Self.append(name, value, into: &bytes) }
    }

    /// Appends one line. Control characters of a value become spaces, so that no value can end its own line.
    static func append(_ name: String, _ value: String, into out: inout [UInt8]) {
        var name = name
        name.withUTF8 { out.appendFieldLine($0, value) }
    }
}
