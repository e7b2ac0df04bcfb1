import HTTP
import JSON

/// From the bytes of a request to the object its handler reads.
nonisolated enum AdminBody {
    /// - Throws: 415 for a stated content type that is no JSON, 400 for what does not parse or is no object. An empty body
    ///   is an empty object, whatever its type.
    static func parse(_ bytes: [UInt8], contentType: String?) throws(AdminError) -> JSONObject {
        guard !bytes.isEmpty else { return [:] }
        if let contentType, !isJSON(contentType) {
            throw AdminError(.unsupportedMediaType, "The body must be application/json.")
        }
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue(parsing: bytes)
        } catch {
            var details: JSONObject = ["offset": .int(error.offset)]
            if !error.path.isEmpty { details.append("path", .string(error.path)) }
            throw AdminError(.invalidJSON, "The body is not JSON: \(error.description).", details: details)
        }
        guard case .object(let object) = value else {
            throw AdminError(.invalidRequest, "The body must be a JSON object.")
        }
        return object
    }

    /// `application/json`, and types with the suffix `+json` (RFC 6839).
    private static func isJSON(_ contentType: String) -> Bool {
        let type = contentType.prefix { $0 != ";" }.trimmed.lowercased()
        return type == "application/json" || type == "text/json"
            || (type.hasPrefix("application/") && type.hasSuffix("+json"))
    }
}
