import HTTP
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
/// A part of the client's body that is already in this form is referred to, not copied, and a file of a form is encoded when it
/// is written: bodies may hold tens of megabytes.
public struct Base64Text: Sendable {
    private enum Storage: Sendable {
        case owned([UInt8])
        case slice(JSONNode, Range<Int>)
        case file(MultipartForm, MultipartPart)
        indirect case remote(RemoteMedia)
    }

    private let storage: Storage

    public init(owned bytes: [UInt8]) { storage = .owned(bytes) }

    /// `range` counts in the raw bytes of `node`.
    init(slice node: JSONNode, _ range: Range<Int>) { storage = .slice(node, range) }

    /// The content of a part, not encoded yet.
    init(_ part: MultipartPart, of form: MultipartForm) { storage = .file(form, part) }

    /// Not here yet: empty until it is brought.
    init(_ remote: RemoteMedia) { storage = .remote(remote) }

    /// Where it is to be brought from.
    public var remote: RemoteMedia? { if case .remote(let remote) = storage { remote } else { nil } }

    public var count: Int {
        switch storage {
        case .owned(let bytes): bytes.count
        case .slice(_, let range): range.count
        case .file(_, let part): (part.body.count + 2) / 3 * 4
        case .remote: 0
        }
    }

    /// Appends the text without holding it twice.
    public func append(to bytes: inout [UInt8]) {
        guard case .file(let form, let part) = storage else {
            return withBytes { bytes.append(contentsOf: $0) }
        }
        form.withBytes(of: part) { Base64.append(encoding: $0, to: &bytes) }
    }

    /// The first bytes of the text, at most so many.
    func beginning(_ countMax: Int) -> [UInt8] {
        guard case .file(let form, let part) = storage else { return withBytes { Array($0.prefix(countMax)) } }
        return form.withBytes(of: part) { Array(Base64.encode($0.prefix(countMax)).prefix(countMax)) }
    }

    public func withBytes<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        switch storage {
        case .owned(let bytes): return bytes.withUnsafeBufferPointer(body)
        case .slice(let node, let range): return node.withRawBytes { body(UnsafeBufferPointer(rebasing: $0[range])) }
        case .remote: return body(UnsafeBufferPointer(start: nil, count: 0))
        case .file:
            var encoded: [UInt8] = []
            encoded.reserveCapacity(count)
            append(to: &encoded)
            return encoded.withUnsafeBufferPointer(body)
        }
    }
}
