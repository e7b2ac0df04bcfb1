import APIErrors
import HTTP
import JSON

/// The body of a client request in the form its `Content-Type` names.
public enum RequestBody: Sendable {
    case json(JSONDocument)
    /// `multipart/form-data`, not looked at yet.
    case multipart([UInt8], boundary: String)

    /// Reads a body that is not multipart as JSON, whatever type it claims: clients leave the field out.
    ///
    /// - Throws: a 400 with the path of the fault, a 413 for more values than a request may have.
    public init(_ bytes: [UInt8], contentType: String?) throws(APIFailure) {
        if let boundary = contentType.flatMap(Self.boundary) {
            self = .multipart(bytes, boundary: boundary)
            return
        }
        do throws(JSONError) {
            self = .json(try JSONDocument(parsing: bytes))
        } catch {
            if error.reason == .tooManyNodes { throw .tooLarge("The body has too many values.") }
            throw .badRequest(error.description, param: error.path.isEmpty ? nil : error.path)
        }
    }

    /// The root of a JSON body.
    ///
    /// - Throws: a 400 for a multipart body, and for a JSON text that is no object.
    public func object() throws(APIFailure) -> JSONNode {
        guard case .json(let document) = self, document.root.kind == .object else {
            throw .badRequest("the body must be a JSON object")
        }
        return document.root
    }

    /// Whether a JSON body has this member, `null` not counted.
    public func has(_ member: StaticString) -> Bool {
        guard case .json(let document) = self, let node = document.root[member] else { return false }
        return !node.isNull
    }

    /// The `boundary` parameter of a multipart type; nil for any other type (RFC 2046, section 5.1.1: at most 70 characters).
    static func boundary(_ contentType: String) -> String? {
        let pieces = contentType.split(separator: ";")
        guard let type = pieces.first, trimmed(type).lowercased() == "multipart/form-data" else { return nil }
        for piece in pieces.dropFirst() {
            let pair = piece.split(separator: "=", maxSplits: 1)
            guard pair.count == 2, trimmed(pair[0]).lowercased() == "boundary" else { continue }
            var value = trimmed(pair[1])
            if value.count >= 2, value.first == "\"", value.last == "\"" {
                value = String(value.dropFirst().dropLast())
            }
            return (1...70).contains(value.utf8.count) ? value : nil
        }
        return nil
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
