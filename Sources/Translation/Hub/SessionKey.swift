import Digest
import HTTP
import JSON

/// The name of a conversation, so that it stays on one account: found in what the client says, else derived from its first
/// message, else none.
public struct SessionKey: Sendable, Equatable {
    /// `source:value`: the rule that found it, and what it found.
    public let text: String
    /// Further names of the same conversation that the request carries.
    public var aliases: [String] = []

    /// Longest explicit value, in bytes.
    static let valueSizeMax = 256
    /// Shortest first user message that makes a key, in characters.
    static let derivedCharactersMin = 3

    init(source: String, value: String) {
        text = source + ":" + value
    }

    /// One that was made from a digest.
    private init(derivedFrom digest: [UInt8]) { text = Hex.encode(digest, after: "ctx:") }

    /// - Parameter apiKeyID: scopes a derived key, so that two keys never share a conversation.
    public static func find(in request: GenerationRequest, fields: HTTPFields, apiKeyID: String) -> SessionKey? {
        // A picture has no conversation.
        guard request.purpose != .image else { return nil }
        var found: [SessionKey] = []
        func add(_ source: String, _ value: String?) {
            if let value, let clean = explicit(value) { found.append(SessionKey(source: source, value: clean)) }
        }
        add("claude", fields["X-Claude-Code-Session-Id"])
        for hint in request.session.explicit where hint.source == "user_id" { add(hint.source, hint.value) }
        // Older versions of Codex named the conversation instead.
        add("codex", fields["Session-Id"] ?? fields["Session_id"] ?? fields["Conversation_id"])
        add("header", fields["X-Session-ID"] ?? fields["X-Session-Affinity"])
        for hint in request.session.explicit where hint.source != "user_id" { add(hint.source, hint.value) }
        if var first = found.first {
            first.aliases = found.dropFirst().map(\.text)
            return first
        }
        // Nor has a recording, unless the client says so.
        guard request.purpose == .conversation, let message = firstUserText(of: request) else { return nil }
        var hasher = SHA256()
        hasher.update(apiKeyID)
        hasher.update("\0")
        hasher.update(message)
        return SessionKey(derivedFrom: hasher.finalize(byteCount: 16))
    }

    /// The decimal string that stands for the conversation upstream: hashed, never the client's value.
    public var upstreamSessionID: String {
        var hasher = SHA256()
        hasher.update(text)
        let number = hasher.finalize(byteCount: 8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return "-" + String(number >> 1)
    }

    static func explicit(_ value: String) -> String? {
        var trimmed = Substring(value)
        while trimmed.first?.isWhitespace == true { trimmed.removeFirst() }
        while trimmed.last?.isWhitespace == true { trimmed.removeLast() }
        guard (1...valueSizeMax).contains(trimmed.utf8.count) else { return nil }
        guard trimmed.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else { return nil }
        return String(trimmed)
    }

    /// The first user message that is long enough once reminders are gone.
    private static func firstUserText(of request: GenerationRequest) -> [UInt8]? {
        for turn in request.turns where turn.role == .user {
            let text =
                beginning(of: turn).flatMap(FirstUserText.canonical(beginning:))
                ?? FirstUserText.canonical(said(in: turn))
            if isLong(text) { return text }
        }
        return nil
    }

    /// Whether a text has `derivedCharactersMin` characters.
    private static func isLong(_ text: [UInt8]) -> Bool {
        let beginning = text.prefix(derivedCharactersMin)
        // Printable ASCII begins a character with each byte.
        if beginning.count == derivedCharactersMin, beginning.allSatisfy({ 0x20..<0x7F ~= $0 }) { return true }
        // Four bytes a character at most, and a few characters decide.
        let characters = String(decoding: text.prefix(64), as: UTF8.self)
        return characters.dropFirst(derivedCharactersMin - 1).first != nil
    }

    /// Of a turn that begins with a long text; most often it decides, and the rest need not be read.
    private static func beginning(of turn: Turn) -> [UInt8]? {
        guard case .text(let text, _)? = turn.parts.first, text.escapedCount > FirstUserText.beginningSizeMaxBytes
        else { return nil }
        return text.decodedBytes(escapedSizeMaxBytes: FirstUserText.beginningSizeMaxBytes)
    }

    /// What the user says in a turn.
    private static func said(in turn: Turn) -> [UInt8] {
        if turn.parts.count == 1, case .text(let text, _) = turn.parts[0] {
            return text.decodedBytes(escapedSizeMaxBytes: FirstUserText.inputSizeMaxBytes)
        }
        var pieces: [UInt8] = []
        for part in turn.parts {
            if !pieces.isEmpty { pieces.append(UInt8(ascii: " ")) }
            switch part {
            case .text(let text, _):
                pieces += text.decodedBytes(escapedSizeMaxBytes: FirstUserText.inputSizeMaxBytes)
            case .media(let media):
                // What stands at an address may change, and is not here yet.
                if let remote = media.data.remote {
                    pieces += ("media" + remote.source.url.text).utf8
                    continue
                }
                let digest = media.data.withBytes { BodyDigest.of(UnsafeRawBufferPointer($0)) }
                pieces += ("media" + media.mimeType + Hex.encode(digest)).utf8
            case .thinking, .toolCall, .toolResult, .native: break
            }
        }
        return pieces
    }
}
