/// One client request as the traffic log and the token statistics keep it, in the form in which it travels: a head of
/// numbers, and behind it the bytes of its texts and bodies.
///
/// Nobody takes it apart on its way: the worker writes it once, and what keeps or hands on a record copies bytes. Who wants
/// a text reads it from there.
public struct ExchangeRecord: Sendable, Equatable {
    /// The numbers, and where the parts stand.
    public let head: RecordHead
    /// As it travels, the head included.
    public let bytes: ArraySlice<UInt8>

    /// - Parameters:
    ///   - arrivedAtUnixMilliseconds: wall clock when the request arrived.
    ///   - target: path and query as received, secret query values replaced.
    ///   - status: HTTP status sent to the client; 0 if the client left before one was.
    ///   - durationMilliseconds: to the last byte of the answer.
    ///   - accountID: of the last attempt.
    ///   - family: raw value of `DialectFamily`.
    ///   - error: short reason; set when the status is 400 or above or the stream broke.
    ///   - payloadKind: what kind of body a request to the endpoint for Cursor had, in the words of the traffic log.
    ///   - requestBody: cut, base64 removed; absent unless the settings keep bodies. Empty: left out, since too much came at
    ///     once.
    public init(
        arrivedAtUnixMilliseconds: UInt64, method: String, target: String, status: UInt32,
        durationMilliseconds: UInt32, clientModel: String? = nil, upstreamModel: String? = nil,
        accountID: String? = nil, apiKeyID: String, family: UInt8, isStream: Bool, clientAddress: String,
        error: String? = nil, inputTokens: UInt32? = nil, outputTokens: UInt32? = nil, payloadKind: String? = nil,
        requestBody: [UInt8]? = nil, responseBody: [UInt8]? = nil
    ) {
        var head = RecordHead(
            arrivedAtUnixMilliseconds: arrivedAtUnixMilliseconds, status: status,
            durationMilliseconds: durationMilliseconds, family: family, isStream: isStream, inputTokens: inputTokens,
            outputTokens: outputTokens)
        let textByteCount =
            method.utf8.count + target.utf8.count + (clientModel?.utf8.count ?? 0) + (upstreamModel?.utf8.count ?? 0)
            + clientAddress.utf8.count + (error?.utf8.count ?? 0) + (accountID?.utf8.count ?? 0) + apiKeyID.utf8.count
            + (payloadKind?.utf8.count ?? 0)
        let bodyByteCount = (requestBody?.count ?? 0) + (responseBody?.count ?? 0)
        let byteCount = RecordHead.byteCount + textByteCount + bodyByteCount
        let bytes = [UInt8](unsafeUninitializedCapacity: byteCount) { room, count in
            var writer = RecordWriter(head, room)
            writer.add(.method, method)
            writer.add(.target, target)
            writer.add(.clientModel, clientModel)
            writer.add(.upstreamModel, upstreamModel)
            writer.add(.clientAddress, clientAddress)
            writer.add(.error, error)
            writer.add(.accountID, accountID)
            writer.add(.apiKeyID, apiKeyID)
            writer.add(.payloadKind, payloadKind)
            writer.add(.requestBody, requestBody)
            writer.add(.responseBody, responseBody)
            (head, count) = writer.finish()
        }
        self.head = head
        self.bytes = bytes[...]
    }

    private init(_ head: RecordHead, _ bytes: ArraySlice<UInt8>) {
        self.head = head
        self.bytes = bytes
    }

    init(decoding reader: inout FrameReader) throws(IPCError) {
        var ahead = reader
        head = try RecordHead(decoding: &ahead)
        bytes = try reader.bytes(head.recordByteCount)
    }

    func encode(into writer: inout FrameWriter) { bytes.withUnsafeBytes { writer.copy($0) } }

    public static func == (one: Self, other: Self) -> Bool { one.bytes == other.bytes }

    /// The same without bodies.
    public var withoutBodies: ExchangeRecord {
        guard head.hasBodies else { return self }
        var head = head
        head.dropBodies()
        var bytes = [UInt8](bytes.prefix(head.recordByteCount))
        bytes.withUnsafeMutableBytes { head.store(into: $0) }
        return ExchangeRecord(head, bytes[...])
    }
}

extension ExchangeRecord {
    public var arrivedAtUnixMilliseconds: UInt64 { head.arrivedAtUnixMilliseconds }
    public var status: UInt32 { head.status }
    public var durationMilliseconds: UInt32 { head.durationMilliseconds }
    public var family: UInt8 { head.family }
    public var isStream: Bool { head.isStream }
    public var inputTokens: UInt32? { head.inputTokens }
    public var outputTokens: UInt32? { head.outputTokens }

    /// The text of a part; what is not UTF-8 is repaired with U+FFFD. nil for one that is absent.
    public func text(_ part: RecordPart) -> String? { self[part].map { String(decoding: $0, as: UTF8.self) } }

    /// The bytes of a part, where they stand; nil for one that is absent.
    public subscript(part: RecordPart) -> ArraySlice<UInt8>? {
        guard let place = head.place(of: part) else { return nil }
        return bytes[bytes.startIndex + place.lowerBound..<bytes.startIndex + place.upperBound]
    }
}

extension ExchangeRecord: CustomReflectable {
    /// Printed with its fields.
    public var customMirror: Mirror {
        var children: [Mirror.Child] = [
            ("arrivedAtUnixMilliseconds", arrivedAtUnixMilliseconds), ("status", status),
            ("durationMilliseconds", durationMilliseconds), ("family", family), ("isStream", isStream),
            ("inputTokens", inputTokens as Any), ("outputTokens", outputTokens as Any),
        ]
        for part in RecordPart.allCases {
            let value: Any = part.isBody ? self[part].map { [UInt8]($0) } as Any : text(part) as Any
            children.append(("\(part)", value))
        }
        return Mirror(self, children: children, displayStyle: .struct)
    }
}
