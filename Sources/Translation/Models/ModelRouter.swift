import APIErrors
import GoogleAPI

/// Settles which upstream model serves a client's model name.
///
/// Order: the operator's exact mapping, the operator's patterns, the built-in table, names that are upstream ids by
/// themselves, the policy for unknown names. A result is not mapped again; a replaced id is followed once.
public struct ModelRouter: Sendable {
    public let table: ModelTable
    private let exact: [String: String]
    private let patterns: [(pattern: ModelPattern, target: String)]
    private let builtin: BuiltinModels
    private let settings: TranslationSettings
    /// Names that are known beforehand, resolved: reading an id's facts costs more than the rest of a small request.
    private var settled: [String: ResolvedModel] = [:]

    public init(
        customMapping: [String: String], table: ModelTable = .init(), settings: TranslationSettings = .init(),
        builtin: BuiltinModels = .standard
    ) {
        self.table = table
        self.builtin = builtin
        self.settings = settings
        exact = customMapping
        patterns = customMapping.map { (ModelPattern($0.key), $0.value) }.filter { !$0.0.isExact }
            .sorted { $0.0.isPreferred(to: $1.0) }
        for name in Set(builtin.exact.keys).union(exact.keys).union(table.liveIDs) {
            // A name that cannot be resolved beforehand is refused when somebody asks for it.
            settled[name] = try? resolveAnew(name)
        }
    }

    /// Client names the operator's mapping adds to a model list.
    public var mappedNames: [String] { exact.keys.filter { !$0.contains("*") }.sorted() }

    /// Whether the operator's mapping, the built-in table or the accounts name this model, outright or by a pattern.
    public func knows(_ clientName: String) -> Bool {
        let name = Self.bareName(clientName)
        let base = ModelSuffixes(parsing: name).base
        return exact[name] != nil || exact[base] != nil || patterns.contains { $0.pattern.matches(base) }
            || builtin.target(of: base) != nil || table.offers(base)
    }

    /// A name that a client gives. It goes to the supervisor with each question, into fields of answers, and into what is known of
    /// models, so it has a bound; the longest names in use have some sixty bytes.
    public static let nameSizeMaxBytes = 512

    /// - Throws: 404 when the policy refuses an unknown name, 400 for one that is empty or longer than `nameSizeMaxBytes`.
    public func resolve(_ clientName: String) throws(APIFailure) -> ResolvedModel {
        if let known = settled[clientName] { return known }
        guard clientName.utf8.count <= Self.nameSizeMaxBytes else {
            throw .badRequest("model must have at most \(Self.nameSizeMaxBytes) bytes", param: "model")
        }
        return try resolveAnew(clientName)
    }

    private func resolveAnew(_ clientName: String) throws(APIFailure) -> ResolvedModel {
        let name = Self.bareName(clientName)
        guard !name.isEmpty else { throw .badRequest("model must not be empty", param: "model") }
        if let target = exact[name] { return resolved(target, asked: ModelSuffixes(parsing: name)) }
        let asked = ModelSuffixes(parsing: name)
        if let target = exact[asked.base] ?? patterns.first(where: { $0.pattern.matches(asked.base) })?.target {
            return resolved(target, asked: asked)
        }
        if let target = builtin.target(of: asked.base) { return resolved(target, asked: asked) }
        if asked.base.hasPrefix("gemini-") || asked.base.hasWord("thinking") {
            return resolved(asked.base, asked: asked)
        }
        switch settings.unknownModel {
        case .passthrough: return resolved(asked.base, asked: asked)
        case .fallback(let id): return resolved(id, asked: asked)
        case .reject: throw APIFailure(.modelNotFound, message: "unknown model \(clientName)", param: "model")
        }
    }

    /// Resolves the model of a request and writes what its name says into the request: search, thinking, form of images.
    ///
    /// A search without function tools that the model cannot do goes to the search model.
    public func route(_ request: inout GenerationRequest) throws(APIFailure) -> ResolvedModel {
        route(&request, as: try resolve(request.clientModel))
    }

    /// The same for a name that was resolved before: resolving compares texts, so whoever routes many requests remembers.
    public func route(_ request: inout GenerationRequest, as resolved: ResolvedModel) -> ResolvedModel {
        var model = resolved
        if model.wantsSearch, request.search == nil { request.search = SearchWish() }
        if let thinking = model.thinking { request.thinking = thinking }
        if !request.image.isComplete(without: model.image) { request.image = request.image.completed(by: model.image) }
        if request.search != nil, !request.tools.isEmpty { request.search = nil }
        if request.search != nil, !model.target.takesSearch { model.target = table.target(settings.searchModel) }
        return model
    }

    /// Without surrounding blanks and the `models/` that Gemini clients put in front.
    public static func bareName(_ name: String) -> String {
        var name = Substring(name)
        while let first = name.first, first.isWhitespace { name.removeFirst() }
        while let last = name.last, last.isWhitespace { name.removeLast() }
        return String(name.hasPrefix("models/") ? name.dropFirst("models/".count) : name)
    }

    /// What may serve in place of an id that no account offers, best first: the model whose thinking is switched on by other
    /// means, and the same Claude model of the generation beside it.
    private func standIns(for id: String) -> [(id: String, lostThinking: Bool)] {
        var ids = [(id: id, lostThinking: false)]
        if id.hasSuffix("-thinking") { ids.append((String(id.dropLast("-thinking".count)), true)) }
        guard settings.usesTwins else { return ids }
        return ids + ids.compactMap { one in Self.twin(of: one.id).map { ($0, one.lostThinking) } }
    }

    private static let twinGenerations = ["-4-5", "-4-6"]

    /// `claude-opus-4-5-thinking` for `claude-opus-4-6-thinking`, and back; nil for what has none.
    static func twin(of id: String) -> String? {
        guard id.hasPrefix("claude-") else { return nil }
        for (own, other) in zip(twinGenerations, twinGenerations.reversed()) {
            for ending in [own, own + "-thinking"] where id.hasSuffix(ending) {
                return String(id.dropLast(ending.count)) + other + ending.dropFirst(own.count)
            }
        }
        return nil
    }

    private func resolved(_ target: String, asked: ModelSuffixes) -> ResolvedModel {
        let own = ModelSuffixes(parsing: target)
        var id = own.base
        var thinking = asked.thinking ?? own.thinking
        id = table.current(id)
        if table.lacks(id), let standIn = standIns(for: id).first(where: { table.offers($0.id) }) {
            id = standIn.id
            if standIn.lostThinking { thinking = thinking ?? .on }
        }
        var image = asked.image
        if image.aspectRatio == nil { image.aspectRatio = own.image.aspectRatio }
        if image.size == nil { image.size = own.image.size }
        return ResolvedModel(
            target: table.target(id), wantsSearch: asked.wantsSearch || own.wantsSearch, thinking: thinking,
            image: image)
    }
}
