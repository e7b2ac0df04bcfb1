/// Why a message was refused while it was read. The connection closes after the answer: nobody knows where the next
/// request would begin.
public struct HTTPRefusal: Error, Sendable, Equatable {
    public enum Reason: Error, Sendable, Equatable, CaseIterable {
        case leadingWhiteSpace, emptyLines, requestLine, method, target, targetTooLong, version, unsupportedVersion
        case bareCarriageReturn, bareLineFeed, controlCharacter
        case fieldName, fieldWithoutColon, foldedField, fieldsTooLarge, tooManyFields
        case hostMissing, hostRepeated, hostInvalid
        case contentLength, contentLengthRepeated, transferEncoding, unsupportedTransferEncoding
        case lengthAndEncoding, encodingBeforeVersion11, expectation
        case chunkSize, chunkEnd, chunkExtension, chunkExtensionsTooLarge
        /// Of an answer that a server gave us; no client is told these.
        case statusLine, unaskedStatus
    }

    public let status: Int
    public let reason: Reason
    /// The path of the request line, if that much was understood: it tells in which dialect to answer.
    public let path: String?

    public init(_ reason: Reason, path: String? = nil) {
        self.status = reason.status
        self.reason = reason
        self.path = path
    }

    /// One sentence for the client, without any byte of the request.
    public var text: String { reason.text }
}

extension HTTPRefusal.Reason {
    public var status: Int {
        switch self {
        case .targetTooLong: 414
        case .fieldsTooLarge, .tooManyFields: 431
        case .method, .unsupportedTransferEncoding: 501
        case .unsupportedVersion: 505
        case .expectation: 417
        default: 400
        }
    }

    public var text: String {
        switch self {
        case .leadingWhiteSpace: "The request begins with white space."
        case .emptyLines: "More than one empty line stands before the request line."
        case .requestLine: "The request line is not a method, a target and a version with single spaces between."
        case .method: "This method is not served here."
        case .target: "The request target is not valid."
        case .targetTooLong: "The request line is too long."
        case .version: "The protocol version is not valid."
        case .unsupportedVersion: "Only HTTP/1.0 and HTTP/1.1 are served here."
        case .bareCarriageReturn: "A carriage return stands alone."
        case .bareLineFeed: "A line ends without a carriage return."
        case .controlCharacter: "A control character stands in the head."
        case .fieldName: "A field name is not valid."
        case .fieldWithoutColon: "A field line has no colon."
        case .foldedField: "A field line begins with white space."
        case .fieldsTooLarge: "The header fields are too large."
        case .tooManyFields: "There are too many header fields."
        case .hostMissing: "The Host field is missing."
        case .hostRepeated: "There is more than one Host field."
        case .hostInvalid: "The Host field is not a host name with an optional port."
        case .contentLength: "Content-Length is not a decimal number."
        case .contentLengthRepeated: "There is more than one Content-Length field."
        case .transferEncoding: "Transfer-Encoding is not valid; only a single chunked is."
        case .unsupportedTransferEncoding: "This transfer coding is not supported; only chunked is."
        case .lengthAndEncoding: "Content-Length and Transfer-Encoding stand together."
        case .encodingBeforeVersion11: "HTTP/1.0 has no Transfer-Encoding."
        case .expectation: "Only the expectation 100-continue can be met."
        case .chunkSize: "A chunk size is not a hexadecimal number."
        case .chunkEnd: "A chunk does not end where its size says."
        case .chunkExtension: "A chunk extension is not valid."
        case .chunkExtensionsTooLarge: "The chunk extensions are too large."
        case .statusLine: "The status line of the answer is not valid."
        case .unaskedStatus: "The answer switches protocols, or only announces an answer again and again."
        }
    }
}
