/// Why a form could not be read.
public struct MultipartError: Error, Sendable, Equatable {
    public enum Reason: Sendable, Equatable, CaseIterable {
        case noDelimiter, cut, delimiter
        case lineEnd, controlCharacter, fieldLine
        case disposition, parameter, nameMissing, nameEncoding, transferEncoding
        case tooManyParts, headTooLarge, nameTooLong
    }

    public let reason: Reason
    /// Offset in the body, near the fault.
    public let offset: Int

    public init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    /// Whether the form is not wrong but larger than what is taken.
    public var isLimit: Bool {
        switch reason {
        case .tooManyParts, .headTooLarge, .nameTooLong: true
        default: false
        }
    }
}

extension MultipartError: CustomStringConvertible {
    /// One sentence for the client, without any byte of the body.
    public var description: String { "\(text) (byte \(offset) of the body)" }

    private var text: String {
        switch reason {
        case .noDelimiter: "the form holds no line with the boundary of its content type"
        case .cut: "the form ends before its closing boundary"
        case .delimiter: "a boundary line holds something behind the boundary"
        case .lineEnd: "a line in the head of a part does not end in CR LF"
        case .controlCharacter: "the head of a part holds a control character"
        case .fieldLine: "a line in the head of a part is no header field"
        case .disposition: "a part needs exactly one Content-Disposition of the type form-data"
        case .parameter: "the parameters of a Content-Disposition cannot be read"
        case .nameMissing: "a part has no name"
        case .nameEncoding: "the name of a part or of a file is not UTF-8"
        case .transferEncoding: "parts with a Content-Transfer-Encoding are not supported"
        case .tooManyParts: "the form has too many parts"
        case .headTooLarge: "the head of a part is too large"
        case .nameTooLong: "the name of a part or of a file is too long"
        }
    }
}
