/// Prints a frame for people: one line per message with its fields, secrets and payloads by length alone.
///
///     leaseCancel 12 bytes: requestID "r-1"
public struct FrameDescription: CustomStringConvertible, Sendable {
    public let description: String

    /// - Parameter frame: as it stood on the channel. Bodies that travelled in memfds are named, not shown.
    public init(_ frame: [UInt8]) {
        var lines: [String] = []
        var reader = FrameReader(frame)
        do throws(IPCError) {
            while reader.remaining > 0 {
                let header = try FrameHeader(decoding: &reader)
                let start = reader.position
                try reader.skip(header.lengthInFrame)
                lines.append(Self.line(header, FrameReader(frame, from: start, to: reader.position)))
            }
        } catch {
            lines.append("malformed: \(error)")
        }
        description = lines.joined(separator: "\n")
    }

    private static func line(_ header: FrameHeader, _ body: FrameReader) -> String {
        let kind = MessageKind(rawValue: header.kind)
        var line = kind.map { "\($0)" } ?? "kind \(header.kind)"
        if header.major != ProtocolVersion.major { line += " of major \(header.major)" }
        line += " \(header.length) bytes"
        if header.isBodyInMemory { line += " in a memfd" }
        if header.descriptorCount > 0 { line += ", \(header.descriptorCount) descriptors" }
        guard let kind, !header.isBodyInMemory, header.major == ProtocolVersion.major || kind.isFixedAcrossMajors
        else { return line }
        do throws(IPCError) {
            var reader = body
            let message = try kind.messageType.init(decoding: &reader)
            return line + ": " + fields(of: message)
        } catch {
            return line + ": malformed: \(error)"
        }
    }

    private static func fields(of value: Any) -> String {
        // A member that is `Shared` stands under its name behind an underscore.
        Mirror(reflecting: value).children.map { "\($0.label?.drop { $0 == "_" } ?? "?") \(text($0.value))" }
            .joined(separator: ", ")
    }

    private static func text(_ value: Any) -> String {
        switch value {
        case let string as String: return "\"\(string.unicodeScalars.map { $0.escaped(asASCII: false) }.joined())\""
        case let bytes as [UInt8]: return "<\(bytes.count) bytes>"
        case let secret as Secret: return secret.description
        default: break
        }
        let mirror = Mirror(reflecting: value)
        switch mirror.displayStyle {
        case .optional: return mirror.children.first.map { text($0.value) } ?? "-"
        case .collection: return "[" + mirror.children.map { text($0.value) }.joined(separator: ", ") + "]"
        case .struct: return "(" + fields(of: value) + ")"
        default: return "\(value)"
        }
    }
}
