import Testing

@testable import Sandbox

/// One rule with a body that keeps it and a body that breaks it, each given as edits to a plain question.
struct RuleCase: CustomTestStringConvertible, Sendable {
    typealias Edits = KeyValuePairs<String, String?>

    let rule: String
    let model: String
    let method: UpstreamCall.Method
    let accepted: [(path: String, text: String?)]
    let refused: [(path: String, text: String?)]
    /// What both bodies have in common.
    let both: [(path: String, text: String?)]

    init(
        _ rule: String, _ model: String = "gemini-3-flash", method: UpstreamCall.Method = .generateContent,
        both: Edits = [:], accepted: Edits = [:], refused: Edits
    ) {
        self.rule = rule
        self.model = model
        self.method = method
        self.both = both.map { (path: $0.key, text: $0.value) }
        self.accepted = accepted.map { (path: $0.key, text: $0.value) }
        self.refused = refused.map { (path: $0.key, text: $0.value) }
    }

    var testDescription: String { "\(rule) (\(model))" }

    func body(_ edits: [(path: String, text: String?)]) throws -> RequestBody {
        var body = method == .countTokens ? try RequestBody(countingWith: model) : try RequestBody(model: model)
        for edit in both + edits { try body.set(edit.path, edit.text) }
        return body
    }

    /// The rule that refuses a body; nil if none does.
    func verdict(on body: RequestBody, seen: Set<String> = []) -> Refusal? {
        do throws(Refusal) {
            _ = try StrictValidator.read(
                method, body: body.bytes, project: RequestBody.project, isRequestIDRepeated: { seen.contains($0) })
            return nil
        } catch {
            return error
        }
    }
}

/// Pieces of bodies that several cases share.
enum Piece {
    static let tool =
        #"[{"functionDeclarations":[{"name":"look","description":"d","parameters":{"type":"object","properties":{"q":{"type":"string"}},"required":["q"]}}]}]"#
    static let twoTools =
        #"[{"functionDeclarations":[{"name":"a","parameters":\#(schema)},{"name":"b","parameters":\#(schema)}]}]"#
    static let schema = #"{"type":"object","properties":{"q":{"type":"string"}}}"#

    static func tools(_ parameters: String, name: String = "f") -> String {
        #"[{"functionDeclarations":[{"name":"\#(name)","parameters":\#(parameters)}]}]"#
    }

    static func user(_ text: String) -> String { #"{"role":"user","parts":[{"text":"\#(text)"}]}"# }
    static func model(_ parts: String...) -> String { #"{"role":"model","parts":[\#(parts.joined(separator: ","))]}"# }
    static func answers(_ parts: String...) -> String { #"{"role":"user","parts":[\#(parts.joined(separator: ","))]}"# }

    static func call(_ name: String, id: String? = nil, signature: String? = nil) -> String {
        let id = id.map { #","id":"\#($0)""# } ?? ""
        let signature = signature.map { #","thoughtSignature":"\#($0)""# } ?? ""
        return #"{"functionCall":{"name":"\#(name)","args":{"q":"x"}\#(id)}\#(signature)}"#
    }

    static func response(_ name: String, id: String? = nil) -> String {
        let id = id.map { #","id":"\#($0)""# } ?? ""
        return #"{"functionResponse":{"name":"\#(name)","response":{"result":"y"}\#(id)}}"#
    }

    static func thought(_ text: String, _ signature: String?) -> String {
        let signature = signature.map { #","thoughtSignature":"\#($0)""# } ?? ""
        return #"{"text":"\#(text)","thought":true\#(signature)}"#
    }

    static func contents(_ list: String...) -> String { "[" + list.joined(separator: ",") + "]" }

    static let skip = "skip_thought_signature_validator"
    static func signature(_ function: String, model: String = "gemini-3-flash") -> String {
        MadeSignature(model: model, functionName: function).text
    }

    /// A finished exchange: question, signed call, response.
    static func loop(_ call: String, _ response: String) -> String {
        contents(user("go"), model(call), answers(response))
    }
}
