import APIErrors
import HTTP
import JSON

/// The body of a client request in the form its `Content-Type` names.
public enum RequestBody: Sendable {
    case json(JSONDocument)
    /// `multipart/form-data`.
    case multipart(MultipartForm)

    /// Reads a body that is not multipart as JSON, whatever type it claims: clients leave the field out.
    ///
    /// - Throws: a 400 with the path of the fault, a 413 for more values or larger heads of parts than a request may have.
    public init(_ bytes: [UInt8], contentType: String?) throws(APIFailure) {
        switch contentType.map(MultipartBoundary.init(contentType:)) ?? .otherType {
        case .otherType: try self.init(json: bytes)
        case .missing: throw .badRequest("Content-Type names no valid boundary")
        case .found(let boundary): try self.init(form: bytes, boundary: boundary)
        }
    }

    private init(form bytes: [UInt8], boundary: String) throws(APIFailure) {
        do throws(MultipartError) {
            self = .multipart(try MultipartForm(parsing: bytes, boundary: boundary))
        } catch {
            throw error.isLimit ? .tooLarge(error.description) : .badRequest(error.description)
        }
    }

    private init(json bytes: [UInt8]) throws(APIFailure) {
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

    /// What a JSON body names as its model, however wrong the rest of it is.
    public var model: String? {
        guard case .json(let document) = self else { return nil }
        return document.root["model"]?.string
    }

    /// Whether a JSON body has this member, `null` not counted.
    public func has(_ member: StaticString) -> Bool {
        guard case .json(let document) = self, let node = document.root[member] else { return false }
        return !node.isNull
    }
}
