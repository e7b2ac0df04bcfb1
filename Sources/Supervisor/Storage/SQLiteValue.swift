/// A value in a cell or bound to a statement.
nonisolated enum SQLiteValue: Sendable, Equatable {
    case null
    case integer(Int)
    case text(String)
    case blob([UInt8])

    static func optional(_ text: String?) -> SQLiteValue { text.map { .text($0) } ?? .null }
    static func optional(_ integer: Int?) -> SQLiteValue { integer.map { .integer($0) } ?? .null }
    static func flag(_ flag: Bool) -> SQLiteValue { .integer(flag ? 1 : 0) }
}
