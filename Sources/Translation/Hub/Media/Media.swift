import JSON

/// A picture, sound or document inside a message or an answer.
public struct Media: Sendable {
    public var mimeType: String
    public var data: Base64Text

    public init(mimeType: String, data: Base64Text) {
        self.mimeType = mimeType
        self.data = data
    }
}

/// Standard base64 with padding and without line breaks, ready to stand inside a JSON string.
///
/// A part of the client's body that is already in this form is referred to, not copied: bodies may hold tens of megabytes.
public struct Base64Text: Sendable {
    private enum Storage: Sendable {
        case owned([UInt8])
        case slice(JSONNode, Range<Int>)
    }

    private let storage: Storage

    public init(owned bytes: [UInt8]) { storage = .owned(bytes) }

    /// `range` counts in the raw bytes of `node`.
    init(slice node: JSONNode, _ range: Range<Int>) { storage = .slice(node, range) }

    public var count: Int {
        switch storage {
        case .owned(let bytes): bytes.count
        case .slice(_, let range): range.count
        }
    }

    public func withBytes<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        switch storage {
        case .owned(let bytes): bytes.withUnsafeBufferPointer(body)
        case .slice(let node, let range): node.withRawBytes { body(UnsafeBufferPointer(rebasing: $0[range])) }
        }
    }
}
