import GoogleAPI
import HTTP
import IPC

/// Takes secrets out of what is about to be stored: the gateway's own wherever they stand, and what is spelled like a
/// credential of Google.
nonisolated struct LiteralSecrets: Sendable {
    static let replacement = Array("***".utf8)
    /// A beginning of a secret at the end of a cut text is a secret from so many bytes on.
    static let prefixSizeMinBytes = 4
    /// A shorter secret stands in ordinary words, and protects nothing.
    static let sizeMinBytes = 4

    /// The first bytes of a secret, as one number. No secret is shorter, and of none less is known to be one.
    private struct Beginning: Sendable, Hashable {
        var bytes: UInt32
        /// What of them counts.
        var mask: UInt32 = .max

        init(_ spelling: [UInt8]) {
            bytes = spelling.prefix(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
            if spelling.count < 4 { mask = 1 << (8 * UInt32(spelling.count)) - 1 }
        }
    }

    /// Every spelling, the longest first: one may begin like another.
    private let spellings: [[UInt8]]
    /// Of the spellings, and of what Google's credentials begin with.
    private let beginnings: [Beginning]
    /// What to think of a byte: see `Mark`.
    private let marks: [UInt8]

    private enum Mark {
        /// A secret may begin with it.
        static let beginning: UInt8 = 1
        /// It may be a part of a secret in another encoding, or of what is not UTF-8.
        static let encoded: UInt8 = 2
        /// It may be the second byte of a secret.
        static let second: UInt8 = 4
    }

    init(_ secrets: [String]) {
        var spellings: Set<[UInt8]> = []
        for secret in secrets where secret.utf8.count >= Self.sizeMinBytes {
            let bytes = Array(secret.utf8)
            spellings.insert(bytes)
            spellings.insert(Array(PercentCoding.encode(secret).utf8))
            spellings.insert(Self.escaped(bytes))
        }
        self.spellings = spellings.sorted { $0.count > $1.count }
        let prefixes = self.spellings + GoogleCredential.prefixes
        beginnings = Array(Set(prefixes.map { Beginning($0) }))
        var marks = [UInt8](repeating: 0, count: 128) + [UInt8](repeating: Mark.encoded, count: 128)
        marks[Int(UInt8(ascii: "%"))] = Mark.encoded
        for prefix in prefixes {
            marks[Int(prefix[0])] |= Mark.beginning
            marks[Int(prefix[1])] |= Mark.second
        }
        self.marks = marks
    }

    /// As a JSON string has it.
    private static func escaped(_ bytes: [UInt8]) -> [UInt8] {
        bytes.flatMap { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") ? [UInt8(ascii: "\\"), $0] : [$0] }
    }

    /// Whether anything in these bytes is to be looked at closely: false for almost all, for which it is one pass. Texts may
    /// stand side by side in them.
    func mayStand(in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        marks.withUnsafeBufferPointer { marks in
            for index in bytes.indices {
                let mark = marks[Int(bytes[index])] & (Mark.beginning | Mark.encoded)
                if mark == 0 { continue }
                if mark != Mark.beginning { return true }
                let next = index + 1 < bytes.count ? marks[Int(bytes[index + 1])] : 0
                if next & Mark.second != 0, mayBegin(bytes, at: index) { return true }
            }
            return false
        }
    }

    private func mayBegin(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> Bool {
        guard index + 4 <= bytes.count else { return false }
        let found = UnsafeRawBufferPointer(bytes).loadUnaligned(fromByteOffset: index, as: UInt32.self).littleEndian
        return beginnings.contains { found & $0.mask == $0.bytes }
    }

    func removed(from entry: TrafficEntry) -> TrafficEntry {
        var entry = entry
        entry.url = removedFromTarget(entry.url)
        entry.method = removed(from: entry.method)
        entry.model = entry.model.map(removed)
        entry.mappedModel = entry.mappedModel.map(removed)
        entry.error = entry.error.map(removed)
        entry.clientIP = entry.clientIP.map(removed)
        entry.requestBody = entry.requestBody.map(removed)
        entry.responseBody = entry.responseBody.map(removed)
        return entry
    }

    func removed(from text: String) -> String {
        var text = text
        return text.withUTF8 { cleaned($0).map { String(decoding: $0, as: UTF8.self) } } ?? text
    }

    /// Parts of a target that mean a secret in whatever encoding go as a whole.
    func removedFromTarget(_ target: String) -> String {
        var target = removed(from: target)
        guard target.utf8.contains(UInt8(ascii: "%")) else { return target }
        let separators: Set<Character> = ["/", "?", "&", "="]
        var cleaned = ""
        var part = ""
        for character in target + "&" {
            guard separators.contains(character) else {
                part.append(character)
                continue
            }
            let meaning = PercentCoding.decode(part) ?? part
            cleaned += removed(from: meaning) == meaning ? part : "***"
            cleaned.append(character)
            part = ""
        }
        cleaned.removeLast()
        target = cleaned
        return target
    }

    func removed(from bytes: [UInt8]) -> [UInt8] { bytes.withUnsafeBufferPointer { cleaned($0) } ?? bytes }

    /// nil if nothing was found: the way of almost every text, which then is not copied.
    private func cleaned(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        var out: [UInt8] = []
        var copied = 0
        var index = 0
        while index < bytes.count {
            guard let count = secret(in: bytes, at: index) else {
                index += 1
                continue
            }
            out += bytes[copied..<index]
            out += Self.replacement
            index += count
            copied = index
        }
        return copied > 0 ? out + bytes[copied...] : nil
    }

    /// How many bytes the secret at this place takes; nil where none begins.
    private func secret(in bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> Int? {
        let byte = bytes[index]
        if marks[Int(byte)] & Mark.beginning != 0 {
            let rest = bytes[index...]
            for spelling in spellings where spelling[0] == byte {
                if rest.starts(with: spelling) { return spelling.count }
                if let cut = Self.cutPrefix(of: spelling, in: rest) { return cut }
            }
        }
        return GoogleCredential.length(in: bytes, at: index)
    }

    /// A body that was cut in the middle of a secret: what stands before the mark of the cut.
    private static func cutPrefix(of spelling: [UInt8], in rest: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
        var count = 0
        for (found, wanted) in zip(rest, spelling) {
            guard found == wanted else { break }
            count += 1
        }
        guard count >= prefixSizeMinBytes, count < spelling.count else { return nil }
        return rest.dropFirst(count).starts(with: StoredBodyMark.cut) ? count : nil
    }
}

nonisolated extension LiteralSecrets {
    /// What the gateway itself has to keep to itself: its keys, the OAuth client's secret, the password of the proxy.
    init(own configuration: Configuration, client: OAuthClient?) {
        var secrets = [configuration.apiKey, configuration.adminToken]
        if let client { secrets.append(client.secret) }
        if let proxy = configuration.upstreamProxy { secrets += Self.credentials(of: proxy) }
        self.init(secrets)
    }

    /// The password in an address (RFC 3986 section 3.2.1), as it is written and as it is meant.
    static func credentials(of address: String) -> [String] {
        guard let begin = address.firstRange(of: "://")?.upperBound else { return [] }
        let authority = address[begin...].prefix { !"/?#".contains($0) }
        guard let at = authority.lastIndex(of: "@"), let colon = authority[..<at].firstIndex(of: ":") else { return [] }
        let password = String(authority[authority.index(after: colon)..<at])
        return [password] + (PercentCoding.decode(password).map { [$0] } ?? [])
    }
}

/// Credentials of Google by their spelling: access tokens, refresh tokens, API keys, OAuth client secrets.
nonisolated enum GoogleCredential {
    static let prefixes = forms.map(\.prefix)

    private static let forms: [(prefix: [UInt8], restMinBytes: Int)] = [
        (Array("ya29.".utf8), 8), (Array("1//".utf8), 10), (Array("AIza".utf8), 30), (Array("GOCSPX-".utf8), 8),
    ]

    /// How many bytes the credential at this place takes; nil where none begins.
    static func length(in bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> Int? {
        switch bytes[index] {
        case UInt8(ascii: "y"), UInt8(ascii: "1"), UInt8(ascii: "A"), UInt8(ascii: "G"): break
        default: return nil
        }
        if index > 0, isPart(bytes[index - 1]) { return nil }
        for form in forms where bytes[index...].starts(with: form.prefix) {
            let rest = bytes[(index + form.prefix.count)...].prefix(while: isPart).count
            if rest >= form.restMinBytes { return form.prefix.count + rest }
        }
        return nil
    }

    private static func isPart(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}
