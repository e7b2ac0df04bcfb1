/// A `multipart/form-data` body (RFC 7578) and where its parts lie. The bytes are kept once; no file is copied.
public struct MultipartForm: Sendable {
    public let bytes: [UInt8]
    /// In the order of the body.
    public let parts: [MultipartPart]

    /// - Parameter boundary: of the content type, see `MultipartBoundary`.
    /// - Throws: the first fault from the left. A body without its closing delimiter is one: it was cut.
    public init(parsing bytes: [UInt8], boundary: String, limits: MultipartLimits = .init()) throws(MultipartError) {
        parts = try bytes.withUnsafeBufferPointer { body throws(MultipartError) in
            var parser = MultipartParser(body: UnsafeRawBufferPointer(body), boundary: boundary, limits: limits)
            return try parser.parse()
        }
        self.bytes = bytes
    }

    /// The last part of this name that is no file; nil if there is none.
    public func field(_ name: String) -> MultipartPart? { parts.last { $0.name == name && $0.fileName == nil } }

    public func withBytes<Result>(of part: MultipartPart, _ use: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        bytes.withUnsafeBufferPointer { use(UnsafeBufferPointer(rebasing: $0[part.body])) }
    }
}

/// One part of a form: a field, or a file if it has a file name.
public struct MultipartPart: Sendable, Equatable {
    public var name: String
    public var fileName: String?
    /// As it is written, in lower case and without parameters; nil if the part has no such field.
    public var contentType: String?
    /// Where its content lies in the body.
    public var body: Range<Int>
}

/// What a form may make us hold beside its bytes.
public struct MultipartLimits: Sendable {
    public var partCountMax: Int
    /// The field lines of one part with their line ends.
    public var headSizeMaxBytes: Int
    /// The decoded name of a field, and that of a file.
    public var nameSizeMaxBytes: Int

    public init(partCountMax: Int = 128, headSizeMaxBytes: Int = 8192, nameSizeMaxBytes: Int = 1024) {
        self.partCountMax = partCountMax
        self.headSizeMaxBytes = headSizeMaxBytes
        self.nameSizeMaxBytes = nameSizeMaxBytes
    }
}
