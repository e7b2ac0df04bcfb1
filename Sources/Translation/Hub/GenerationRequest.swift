/// What a client asks for, whatever dialect it spoke: the one request of the hub. Its members stand in `GenerationFields`.
///
/// A value like any other, but its members live in one shared box until one of two copies is changed: a request is handed on
/// and kept by some fifteen values while it is written for its upstream, and copying thirty members each time was a twelfth of
/// a small chat's instructions. The key paths cost nothing: the compiler sees through them.
@dynamicMemberLookup
public struct GenerationRequest: Sendable {
    @usableFromInline
    final class Box: @unchecked Sendable {  // changed only while one value holds it
        @usableFromInline var fields: GenerationFields

        @usableFromInline
        init(_ fields: GenerationFields) { self.fields = fields }
    }

    @usableFromInline var box: Box

    public init(clientModel: String) { box = Box(GenerationFields(clientModel: clientModel)) }

    @inlinable @inline(__always)
    public subscript<Value>(dynamicMember member: WritableKeyPath<GenerationFields, Value>) -> Value {
        get { box.fields[keyPath: member] }
        _modify {
            if !isKnownUniquelyReferenced(&box) { box = Box(box.fields) }
            yield &box.fields[keyPath: member]
        }
    }
}

extension GenerationRequest {
    /// What the answer is for: it decides what counts as one.
    public enum Purpose: Sendable, Equatable {
        case conversation
        /// Only a picture is an answer.
        case image
        /// What is said in a recording, written down.
        case transcription
    }

    public struct AnswerField: Sendable, Equatable {
        public var name: String
        public var value: String

        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The request behind one choice: this one, with the conversation of that choice.
    public func forChoice(_ choice: Int) -> GenerationRequest {
        guard !self.prompts.isEmpty else { return self }
        var request = self
        let prompts = self.prompts
        request.turns = prompts[min(choice * prompts.count / max(1, self.choiceCount), prompts.count - 1)]
        request.prompts = []
        return request
    }
}
