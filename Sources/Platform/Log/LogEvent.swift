/// The code of a kind of log line: lower-case words joined by hyphens, stable, so that lines can be counted and searched.
/// Rooms declare theirs in extensions of this type.
public struct LogEvent: ExpressibleByStringLiteral, Sendable {
    public let code: StaticString
    public init(stringLiteral code: StaticString) { self.code = code }
}
