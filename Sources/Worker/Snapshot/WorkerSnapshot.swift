import Digest
import GoogleAPI
import HTTP
import Translation
import Transport

/// The configuration as a worker uses it: decoded and compiled once per change, shared by every request that began under it.
nonisolated final class WorkerSnapshot: Sendable {
    /// Which AI requests need the key; the mode in force, not the configured word.
    enum Authentication: Sendable, Equatable {
        case off
        case required
    }

    /// Facts of the snapshot document, with the defaults that count when it leaves one out.
    struct Document: Sendable {
        var revision = 0
        /// SHA-256 of the API key; nil when there is no key.
        var apiKeyDigest: [UInt8]?
        var authentication = Authentication.required
        /// Host names that `Host` may have while authentication is off, beside loopback ones.
        var hosts: [String] = []
        /// False: the operator has stopped the service.
        var isEnabled = true
        /// A tunnel leads to this gateway: what its program says of clients is Cloudflare's word.
        var isTunnelOpen = false
        var customMapping: [String: String] = [:]
        var models: [ModelTable.LiveModel] = []
        var replacedModels: [String: String] = [:]
        /// Code Assist's ids to those of the public API, beside the built-in ones.
        var publicModels: [String: String] = [:]
        var translation = TranslationSettings()
        /// Of the Cursor endpoint.
        var reasoningDisplay = ReasoningDisplay.thinkTags
        /// Model lists name upstream ids alone.
        var listsOnlyRealModels = false
        var addresses = GoogleAddresses()
        var client = ClientOptions()
        var remoteMedia = RemoteMediaPolicy()
        /// Thought signatures are looked for in the store and kept there.
        var remembersSignatures = true
        var userAgent = "antigravity-gateway"
        var exposesAccount = false
        /// Bodies that the traffic log keeps.
        var bodies = BodyPolicy()
        var bodySizeMaxBytes = 100 * 1024 * 1024
        var server = ServerLimits()
        var exchange = ExchangeLimits()
    }

    let document: Document
    let number: UInt64
    let router: ModelRouter
    /// For accounts with an API key.
    let publicModels: PublicModels
    /// First 16 hexadecimal digits of the key's digest; `none` without a key.
    let apiKeyID: String
    /// What requests for the streaming method have in common, by base; nil where the configured base is no address.
    let streams: [RequestOpening?]
    /// Their fields.
    let streamFields: FieldLines
    let models: ModelList
    let gate: AccessGate

    /// - Parameter number: of the snapshot message; a later one has a greater number.
    init(_ document: Document, number: UInt64 = 0) {
        self.document = document
        self.number = number
        let table = ModelTable(live: document.models, replacements: document.replacedModels)
        router = ModelRouter(
            customMapping: document.customMapping, table: table, settings: document.translation)
        publicModels = PublicModels(mapping: document.publicModels)
        apiKeyID = document.apiKeyDigest.map { String(Hex.encode($0).prefix(16)) } ?? "none"
        let fields = FieldLines([
            ("Content-Type", "application/json"), ("User-Agent", document.userAgent), ("Accept", "text/event-stream"),
        ])
        streamFields = fields
        streams = document.addresses.codeAssistBases.indices.map {
            HTTPURL(document.addresses.codeAssist(base: $0, method: "streamGenerateContent"))
                .map { RequestOpening(method: .post, url: $0, lines: fields) }
        }
        models = ModelList(router: router, onlyReal: document.listsOnlyRealModels)
        gate = AccessGate(document)
    }
}
