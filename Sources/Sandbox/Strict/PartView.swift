import JSON

/// A part of a content, as the rules look at it.
nonisolated struct PartView: Sendable {
    enum Payload: String, Sendable, CaseIterable {
        case text, inlineData, fileData, functionCall, functionResponse, executableCode, codeExecutionResult
    }

    let node: JSONNode
    /// In the spelling of Google's messages: `request.contents[0].parts[1]`.
    let path: String
    let payloads: [Payload]
    let isThought: Bool
    let signature: String?

    init(_ node: JSONNode, path: String) {
        self.node = node
        self.path = path
        payloads = Payload.allCases.filter { Self.payload($0, of: node) != nil }
        isThought = node.field("thought")?.bool ?? false
        signature = node.field("thoughtSignature", "thought_signature")?.string
    }

    var payload: Payload? { payloads.first }
    var isCall: Bool { payloads.contains(.functionCall) }
    var isResponse: Bool { payloads.contains(.functionResponse) }
    var text: String? { node.field("text")?.string }
    var call: JSONNode? { node.field("functionCall", "function_call") }
    var response: JSONNode? { node.field("functionResponse", "function_response") }
    var blob: JSONNode? { node.field("inlineData", "inline_data") }

    /// Name and id of the call or response in this part.
    var functionName: String { (call ?? response)?.field("name")?.string ?? "" }
    var functionID: String? {
        guard let id = (call ?? response)?.field("id")?.string, !id.isEmpty else { return nil }
        return id
    }

    private static func payload(_ payload: Payload, of node: JSONNode) -> JSONNode? {
        switch payload {
        case .text: node.field("text")
        case .inlineData: node.field("inlineData", "inline_data")
        case .fileData: node.field("fileData", "file_data")
        case .functionCall: node.field("functionCall", "function_call")
        case .functionResponse: node.field("functionResponse", "function_response")
        case .executableCode: node.field("executableCode", "executable_code")
        case .codeExecutionResult: node.field("codeExecutionResult", "code_execution_result")
        }
    }
}

/// A content with its parts.
nonisolated struct ContentView: Sendable {
    let path: String
    let role: String
    let parts: [PartView]

    init(_ node: JSONNode, path: String) {
        self.path = path
        role = node.field("role")?.string ?? ""
        let list = node.field("parts").map { Array($0.elements) } ?? []
        parts = list.enumerated().map { PartView($1, path: "\(path).parts[\($0)]") }
    }

    var isUser: Bool { role == "user" }
    var isModel: Bool { role == "model" }
    var calls: [PartView] { parts.filter(\.isCall) }
    var responses: [PartView] { parts.filter(\.isResponse) }
    /// Holds something a person said or showed, not only function responses.
    var isOrdinary: Bool { isUser && parts.contains { !$0.isResponse } }
}
