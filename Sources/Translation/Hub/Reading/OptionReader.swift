import APIErrors
import HTTP
import JSON

/// Reads the options of a request that may come as a JSON object or as a form, where every value is text.
///
/// A wrong type is a 400 that names the member; an absent member, `null` and an empty field of a form are nil. Of equal fields
/// of a form the last counts.
struct OptionReader {
    private enum Source {
        case object(JSONNode)
        case form(MultipartForm)
    }

    private let source: Source

    init(object: JSONNode) { source = .object(object) }

    init(form: MultipartForm) { source = .form(form) }

    func word(_ name: StaticString) throws(APIFailure) -> String? {
        switch source {
        case .form: return try field(name)
        case .object(let object):
            guard let node = object.given(name) else { return nil }
            guard let word = node.string else { throw RequestReading.refuse(node, "must be a string") }
            return word
        }
    }

    /// Longest text beside media, in bytes: more would leave no room for them, and none of these models reads it.
    static let textSizeMaxBytes = 256 * 1024

    /// Text for the model, never decoded on its way from JSON.
    func text(_ name: StaticString) throws(APIFailure) -> JSONString? {
        guard let text = try anyText(name) else { return nil }
        guard text.escapedCount <= Self.textSizeMaxBytes else { throw refuse(name, "may have 256 KiB") }
        return text
    }

    private func anyText(_ name: StaticString) throws(APIFailure) -> JSONString? {
        switch source {
        case .form: return try field(name).map { JSONString($0) }
        case .object(let object):
            guard let node = object[name], !node.isNull else { return nil }
            guard let text = node.text else { throw RequestReading.refuse(node, "must be a string") }
            return text
        }
    }

    func int(_ name: StaticString) throws(APIFailure) -> Int? {
        switch source {
        case .object(let object): return try RequestReading.int(object, name)
        case .form:
            guard let text = try field(name) else { return nil }
            guard let value = Int(text) else { throw refuse(name, "must be an integer") }
            return value
        }
    }

    func number(_ name: StaticString) throws(APIFailure) -> NumberText? {
        switch source {
        case .object(let object): return try RequestReading.number(object, name)
        case .form:
            guard let text = try field(name) else { return nil }
            guard let node = try? JSONDocument(parsing: Array(text.utf8)).root, let value = NumberText(node) else {
                throw refuse(name, "must be a number")
            }
            return value
        }
    }

    func bool(_ name: StaticString) throws(APIFailure) -> Bool? {
        switch source {
        case .object(let object): return try RequestReading.bool(object, name)
        case .form:
            switch try field(name)?.lowercased() {
            case nil: return nil
            case "true", "1": return true
            case "false", "0": return false
            default: throw refuse(name, "must be true or false")
            }
        }
    }

    func refuse(_ name: StaticString, _ what: String) -> APIFailure {
        .badRequest("\(name): \(what)", param: "\(name)")
    }

    private func field(_ name: StaticString) throws(APIFailure) -> String? {
        guard case .form(let form) = source, let part = form.field("\(name)"), !part.body.isEmpty else { return nil }
        guard let text = form.withBytes(of: part, { String(validating: $0, as: UTF8.self) }) else {
            throw refuse(name, "must be UTF-8 text")
        }
        return text == "[undefined]" ? nil : text
    }
}
