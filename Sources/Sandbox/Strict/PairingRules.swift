import GoogleAPI
import JSON

nonisolated extension StrictRules {
    /// Rules for calls and their responses.
    static let pairing: [StrictRule] = [
        StrictRule("call-name", "a call or response carries a name that a declaration could have") { call in
            for part in call.parts where part.isCall || part.isResponse {
                if !FunctionName.isValid(part.functionName, forClaude: call.isClaude) {
                    return .init("\(part.path).name", "Invalid function name '\(part.functionName.prefix(80))'.")
                }
            }
            return nil
        },
        StrictRule("call-turn", "a model content with calls follows a user content") { call in
            for (index, content) in call.contents.enumerated() where !content.calls.isEmpty {
                if index == 0 || !call.contents[index - 1].isUser {
                    return .init(
                        content.path,
                        "Please ensure that function call turn comes immediately after a user turn or after a function response turn."
                    )
                }
            }
            return nil
        },
        StrictRule("response-turn", "responses follow the content with their calls") { call in
            for (index, content) in call.contents.enumerated() where !content.responses.isEmpty {
                if index == 0 || call.contents[index - 1].calls.isEmpty {
                    return .init(
                        content.path,
                        "Please ensure that function response turn comes immediately after a function call turn.")
                }
            }
            return nil
        },
        StrictRule("response-count", "the next content answers every call once") { call in
            for (index, content) in call.contents.enumerated() where !content.calls.isEmpty {
                let next = index + 1 < call.contents.count ? call.contents[index + 1].responses.count : 0
                if next != content.calls.count {
                    return .init(
                        content.path,
                        "Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn."
                    )
                }
            }
            return nil
        },
        StrictRule("response-order", "responses have names and ids of their calls, in their order") { call in
            for (calls, responses) in call.exchanges {
                for (one, other) in zip(calls, responses) where one.functionName != other.functionName {
                    return .init(
                        "\(other.path).function_response.name",
                        "Function response '\(other.functionName)' does not match function call '\(one.functionName)'.")
                }
                for (one, other) in zip(calls, responses) where one.functionID != other.functionID {
                    return .init(
                        "\(other.path).function_response.id",
                        "Function response id does not match the id of its function call.")
                }
            }
            return nil
        },
        StrictRule("response-missing", "a function response holds an object") { call in
            guard let part = call.parts.first(where: { $0.isResponse && $0.response?.field("response") == nil })
            else { return nil }
            return .init(
                "\(part.path).function_response.response",
                "\(part.path).function_response.response: required field is not set.")
        },
        StrictRule("call-id", "Claude needs an id for each call; no id is used twice in one content") { call in
            for content in call.contents {
                let calls = content.calls
                let ids = calls.compactMap(\.functionID)
                if Set(ids).count != ids.count { return .init(content.path, "`tool_use` ids must be unique.") }
                guard call.isClaude else { continue }
                for part in calls + content.responses where !ClaudeID.isValid(part.functionID) {
                    return .init(part.path, "tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'.")
                }
            }
            return nil
        },
    ]
}

nonisolated extension UpstreamCall {
    /// Calls with the responses in the content after them.
    var exchanges: [(calls: [PartView], responses: [PartView])] {
        contents.indices.dropLast().compactMap { index in
            let calls = contents[index].calls
            return calls.isEmpty ? nil : (calls, contents[index + 1].responses)
        }
    }
}

/// Names of functions.
nonisolated enum FunctionName {
    /// `[A-Za-z_][A-Za-z0-9_.:-]{0,63}`; for Claude `[A-Za-z0-9_-]{1,64}`.
    static func isValid(_ name: String, forClaude isClaude: Bool) -> Bool {
        let bytes = name.utf8
        guard (1...64).contains(bytes.count), let first = bytes.first else { return false }
        let isWord: (UInt8) -> Bool = { byte in
            isLetter(byte) || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") || isDigit(byte)
        }
        if isClaude { return bytes.allSatisfy(isWord) }
        return (isLetter(first) || first == UInt8(ascii: "_"))
            && bytes.allSatisfy { isWord($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ":") }
    }

    static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) }
    static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}

/// Ids of Claude's tool uses.
nonisolated enum ClaudeID {
    static func isValid(_ id: String?) -> Bool {
        guard let id else { return false }
        return id.utf8.allSatisfy {
            FunctionName.isLetter($0) || FunctionName.isDigit($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
        }
    }
}
