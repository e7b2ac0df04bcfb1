/// A request without its body, as far as a server needs to understand it.
///
/// All text lives in one buffer, that of `fields`; strings are made when asked for, but for the path, which everybody asks for.
public struct HTTPRequestHead: Sendable {
    public let method: HTTPMethod
    public let fields: HTTPFields
    /// 0 or 1, of HTTP/1.x.
    public let minorVersion: Int
    public let framing: BodyFraming
    /// What version and `Connection` say about further requests on this connection.
    public let keepAlive: Bool
    /// The client waits for `100 Continue` before it sends the body.
    public let expectsContinue: Bool
    /// The target up to the question mark, not decoded; an absolute target is reduced to its path. `*` stays `*`.
    public let path: String
    private let places: TargetPlaces
    private let hostPlace: Range<Int>?

    init(
        method: HTTPMethod, minorVersion: Int, fields: HTTPFields, framing: BodyFraming, keepAlive: Bool,
        expectsContinue: Bool, places: TargetPlaces, host: Range<Int>?
    ) {
        self.method = method
        self.minorVersion = minorVersion
        self.fields = fields
        self.framing = framing
        self.keepAlive = keepAlive
        self.expectsContinue = expectsContinue
        self.places = places
        path = places.path.isEmpty ? "/" : fields.string(places.path)
        self.hostPlace = places.authority ?? host
    }

    /// A head that came from no connection: for routing tests and internal requests. `target` is in origin form.
    public init(
        method: HTTPMethod, target: String, minorVersion: Int = 1, fields: HTTPFields = HTTPFields(),
        framing: BodyFraming = .none, keepAlive: Bool = true, expectsContinue: Bool = false
    ) {
        var fields = fields
        let place = fields.append(target.utf8)
        let host = fields["host"].map { fields.append($0.utf8) }
        let mark = fields.bytes[place].firstIndex(of: UInt8(ascii: "?")) ?? place.upperBound
        let query = mark < place.upperBound ? mark + 1..<place.upperBound : nil
        self.init(
            method: method, minorVersion: minorVersion, fields: fields, framing: framing, keepAlive: keepAlive,
            expectsContinue: expectsContinue,
            places: TargetPlaces(target: place, path: place.lowerBound..<mark, query: query, authority: nil),
            host: host)
    }

    /// The request target as sent.
    public var target: String { places.target == places.path ? path : fields.string(places.target) }

    public var hasQuery: Bool { places.query != nil }

    /// What follows the question mark, not decoded; nil without one.
    public var query: String? { places.query.map(fields.string) }

    /// Host and port of the request: of an absolute target, else of the `Host` field; nil in HTTP/1.0 without one.
    public var host: String? { hostPlace.map(fields.string) }
}
