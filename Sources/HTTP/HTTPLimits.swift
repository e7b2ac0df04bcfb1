/// What a peer may make us hold while a message is read.
public struct HTTPLimits: Sendable {
    /// Request line without its CRLF; above it 414.
    public var requestLineSizeMaxBytes: Int
    /// All field lines with their CRLFs, trailers likewise; above it 431.
    public var fieldsSizeMaxBytes: Int
    /// Number of field lines; above it 431.
    public var fieldCountMax: Int
    /// Chunk extensions of one body together; above it 400.
    public var chunkExtensionsSizeMaxBytes: Int

    public init(
        requestLineSizeMaxBytes: Int = 8192, fieldsSizeMaxBytes: Int = 65536, fieldCountMax: Int = 128,
        chunkExtensionsSizeMaxBytes: Int = 4096
    ) {
        self.requestLineSizeMaxBytes = requestLineSizeMaxBytes
        self.fieldsSizeMaxBytes = fieldsSizeMaxBytes
        self.fieldCountMax = fieldCountMax
        self.chunkExtensionsSizeMaxBytes = chunkExtensionsSizeMaxBytes
    }
}
