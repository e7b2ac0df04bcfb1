/// A request method (RFC 9110 section 9). Only the ones below are served; the parser refuses every other token with 501.
public struct HTTPMethod: Sendable, Hashable {
    public let name: String

    public init(name: String) {
        self.name = name
    }

    public static var get: HTTPMethod { HTTPMethod(name: "GET") }
    public static var head: HTTPMethod { HTTPMethod(name: "HEAD") }
    public static var post: HTTPMethod { HTTPMethod(name: "POST") }
    public static var put: HTTPMethod { HTTPMethod(name: "PUT") }
    public static var patch: HTTPMethod { HTTPMethod(name: "PATCH") }
    public static var delete: HTTPMethod { HTTPMethod(name: "DELETE") }
    public static var options: HTTPMethod { HTTPMethod(name: "OPTIONS") }

    /// The served method with exactly these bytes (methods are case-sensitive), nil for any other.
    init?(served bytes: UnsafeRawBufferPointer) {
        switch bytes.count {
        case 3 where bytes.equals("GET"): self = .get
        case 3 where bytes.equals("PUT"): self = .put
        case 4 where bytes.equals("POST"): self = .post
        case 4 where bytes.equals("HEAD"): self = .head
        case 5 where bytes.equals("PATCH"): self = .patch
        case 6 where bytes.equals("DELETE"): self = .delete
        case 7 where bytes.equals("OPTIONS"): self = .options
        default: return nil
        }
    }
}
