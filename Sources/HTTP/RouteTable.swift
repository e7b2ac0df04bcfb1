/// Finds the handler of a request. Patterns without parameters are looked up, the others tried in their order.
public struct RouteTable<Handler> {
    fileprivate enum Segment: Sendable {
        case literal(Substring)
        case parameter(String)
        case rest(String)
    }

    /// All routes of one pattern.
    fileprivate struct Place {
        let segments: [Segment]
        var handlers: [(method: HTTPMethod, handler: Handler)] = []
    }

    private var places: [Place] = []
    private var literal: [String: Int] = [:]
    private var withParameters: [Int] = []

    /// Of two routes with the same pattern and method the first counts.
    public init(_ routes: [Route<Handler>]) {
        var known: [String: Int] = [:]
        for route in routes {
            let index = known[route.pattern] ?? places.count
            if index == places.count {
                known[route.pattern] = index
                places.append(Place(segments: Self.segments(of: route.pattern)))
                if route.pattern.contains(":") || route.pattern.contains("*") {
                    withParameters.append(index)
                } else {
                    literal[route.pattern] = index
                }
            }
            places[index].handlers.append((route.method, route.handler))
        }
    }

    /// - Parameter path: as sent, not decoded; a trailing slash makes another path. Parameters come out decoded, and a
    ///   segment that cannot be decoded matches nothing.
    public func match(_ method: HTTPMethod, path: String) -> RouteMatch<Handler> {
        if let index = literal[path] { return choose(places[index], method, [:]) }
        guard !withParameters.isEmpty else { return .notFound }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        for index in withParameters {
            if let parameters = Self.parameters(places[index].segments, parts) {
                return choose(places[index], method, parameters)
            }
        }
        return .notFound
    }

    private func choose(
        _ place: Place, _ method: HTTPMethod, _ parameters: [String: String]
    ) -> RouteMatch<Handler> {
        if let found = place.handlers.first(where: { $0.method == method }) {
            return .found(found.handler, parameters: parameters)
        }
        if method == .head, let found = place.handlers.first(where: { $0.method == .get }) {
            return .found(found.handler, parameters: parameters)
        }
        var allow: [HTTPMethod] = []
        for (method, _) in place.handlers where !allow.contains(method) {
            allow.append(method)
            if method == .get { allow.append(.head) }
        }
        return .methodNotAllowed(allow: allow + [.options])
    }

    private static func segments(of pattern: String) -> [Segment] {
        pattern.split(separator: "/", omittingEmptySubsequences: false).map { part in
            switch part.first {
            case ":": .parameter(String(part.dropFirst()))
            case "*": .rest(String(part.dropFirst()))
            default: .literal(part)
            }
        }
    }

    private static func parameters(_ segments: [Segment], _ parts: [Substring]) -> [String: String]? {
        var values: [String: String] = [:]
        for (index, segment) in segments.enumerated() {
            guard index < parts.count else { return nil }
            switch segment {
            case .literal(let text):
                guard parts[index] == text else { return nil }
            case .parameter(let name):
                guard !parts[index].isEmpty, let value = PercentCoding.decode(String(parts[index])) else { return nil }
                values[name] = value
            case .rest(let name):
                let rest = parts[index...].joined(separator: "/")
                guard !rest.isEmpty, let value = PercentCoding.decode(rest) else { return nil }
                values[name] = value
                return values
            }
        }
        return segments.count == parts.count ? values : nil
    }
}

extension RouteTable.Place: Sendable where Handler: Sendable {}
extension RouteTable: Sendable where Handler: Sendable {}
