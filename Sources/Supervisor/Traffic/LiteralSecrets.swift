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

    /// Every spelling, the longest first: one may begin like another.
    private let spellings: [[UInt8]]
    /// Whether one begins with this byte.
    private let begins: [Bool]

    init(_ secrets: [String]) {
        var spellings: Set<[UInt8]> = []
        for secret in secrets where secret.utf8.count >= Self.sizeMinBytes {
            let bytes = Array(secret.utf8)
            spellings.insert(bytes)
            spellings.insert(Array(PercentCoding.encode(secret).utf8))
            spellings.insert(Self.escaped(bytes))
        }
        self.spellings = spellings.sorted { $0.count > $1.count }
        var begins = Array(repeating: false, count: 256)
        for spelling in spellings { begins[Int(spelling[0])] = true }
        self.begins = begins
    }

    /// As a JSON string has it.
    private static func escaped(_ bytes: [UInt8]) -> [UInt8] {
        bytes.flatMap { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") ? [UInt8(ascii: "\\"), $0] : [$0] }
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
    private func removedFromTarget(_ target: String) -> String {
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
        if begins[Int(byte)] {
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
