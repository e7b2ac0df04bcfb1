import JSON

/// What an upstream error body says (google.rpc.Status with its details), wherever in the body it stands.
///
/// The error may be a member of an object, of the first element of an array, or of an SSE `data:` line; the body may be
/// cut off, an HTML page, or empty. All details are read, never only the first.
struct UpstreamErrorBody {
    /// Bytes of a body that are looked at.
    static let sizeMaxBytes = 65_536
    private static let detailCountMax = 64
    private static let linkCountMax = 16
    /// Characters of a metadata value that are kept.
    private static let metadataLengthMax = 2048

    /// The body held an error object.
    private(set) var isPresent = false
    private(set) var code: Int?
    /// Status word such as `RESOURCE_EXHAUSTED`.
    private(set) var status = ""
    private(set) var message = ""
    /// `error` where it is a plain string, as the token endpoint sends it.
    private(set) var oauthCode: String?
    private(set) var reasons: [String] = []
    private(set) var metadata: [(name: String, value: String)] = []
    /// Quota ids and metrics of QuotaFailure violations.
    private(set) var violations: [String] = []
    private(set) var links: [(description: String, url: String)] = []
    private(set) var retryDelays: [String] = []
    /// The number `error.retry_after`, in seconds.
    private(set) var retryAfterSeconds: Double?
    /// A body that is neither JSON nor a page: for recognising phrases, never for clients.
    private(set) var plainText = ""

    init(_ body: [UInt8]) {
        let bytes = Array(body.prefix(Self.sizeMaxBytes))
        if let document = Self.document(bytes) {
            let root = document.root
            read((root.kind == .array ? root.elements.first { $0["error"] != nil } : nil) ?? root)
        } else if !bytes.contains(UInt8(ascii: "<")) {
            plainText = String(decoding: bytes.prefix(4096), as: UTF8.self)
        }
    }

    func metadata(_ name: String) -> String? {
        metadata.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// Parses the body as it is, else its first SSE payload with an error in it, else what is left of a cut-off body.
    private static func document(_ bytes: [UInt8]) -> JSONDocument? {
        // Each failure leads to the next reading; a body that fails all of them is no JSON.
        if let whole = try? JSONDocument(parsing: bytes) { return whole }
        for line in bytes.split(whereSeparator: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }) {
            let isData = line.starts(with: "data:".utf8)
            let payload = Array((isData ? line.dropFirst(5) : line).drop { $0 == UInt8(ascii: " ") })
            guard payload.first == UInt8(ascii: "{") || payload.first == UInt8(ascii: "[") else { continue }
            let parsed = (try? JSONDocument(parsing: payload)) ?? (isData ? closed(payload) : nil)
            if let parsed, errorNode(parsed.root) != nil { return parsed }
        }
        let start = bytes.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
        guard start.first == UInt8(ascii: "{") || start.first == UInt8(ascii: "[") else { return nil }
        return closed(Array(start))
    }

    private static func closed(_ bytes: [UInt8]) -> JSONDocument? {
        TruncatedJSON.closed(bytes).flatMap { try? JSONDocument(parsing: $0) }  // still no JSON: nothing to read
    }

    private static func errorNode(_ root: JSONNode) -> JSONNode? {
        root.kind == .array ? root.elements.lazy.compactMap { $0["error"] }.first { !$0.isNull } : root["error"]
    }

    private mutating func read(_ holder: JSONNode) {
        guard let error = holder["error"], !error.isNull else { return }
        isPresent = true
        if let word = error.filledString {
            oauthCode = word
            message = holder["error_description"]?.filledString ?? word
            return
        }
        code = error["code"]?.lenientInt
        status = error["status"]?.filledString ?? ""
        message = error["message"]?.filledString ?? ""
        retryAfterSeconds = error["retry_after"]?.lenientDouble
        for detail in (error["details"].map { Array($0.elements.prefix(Self.detailCountMax)) } ?? []) {
            read(detail: detail, type: detail["@type"]?.filledString ?? "")
        }
    }

    /// A detail without a type is read for whatever members it has.
    private mutating func read(detail: JSONNode, type: String) {
        func may(_ name: String) -> Bool { type.isEmpty || type.hasSuffix(name) }
        if may("ErrorInfo"), let reason = detail["reason"]?.filledString { reasons.append(reason) }
        if let table = detail["metadata"] {
            for (name, value) in table.members.prefix(Self.detailCountMax) {
                guard let name = name.string, let value = value.string ?? value.numberText else { continue }
                metadata.append((name, String(value.prefix(Self.metadataLengthMax))))
            }
        }
        if may("RetryInfo"), let delay = detail["retryDelay"] ?? detail["retry_delay"] {
            if let text = delay.filledString { retryDelays.append(text) }
        }
        if may("QuotaFailure"), let list = detail["violations"] {
            for violation in list.elements.prefix(Self.detailCountMax) {
                violations += [violation["quotaId"], violation["quotaMetric"], violation["quota_id"]]
                    .compactMap { $0?.filledString }
            }
        }
        if may("Help"), let list = detail["links"] {
            for link in list.elements.prefix(Self.linkCountMax) {
                guard let url = link["url"]?.filledString else { continue }
                links.append((link["description"]?.filledString ?? "", url))
            }
        }
    }
}
