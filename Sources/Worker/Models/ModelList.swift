import APIErrors
import HTTP
import JSON
import Translation

/// The answers to questions about models, from the snapshot alone: lists need no lease.
nonisolated struct ModelList: Sendable {
    /// Sorted, each once: built-in names, names of the operator's mapping, image names, upstream ids.
    let ids: [String]
    /// `GET /v1/models` in OpenAI's form, which is asked for most: made once per snapshot.
    let openAI: [UInt8]
    private let router: ModelRouter
    private let onlyReal: Bool

    /// - Parameter onlyReal: upstream ids alone.
    init(router: ModelRouter, onlyReal: Bool = false) {
        self.router = router
        self.onlyReal = onlyReal
        var names = Set(router.table.liveIDs)
        if !onlyReal {
            names.formUnion(BuiltinModels.standard.exact.keys)
            names.formUnion(BuiltinModels.imageNames)
            names.formUnion(router.mappedNames)
        }
        ids = names.sorted()
        openAI = OpenAIModels.list(ids)
    }

    /// - Throws: a 404 for an unknown model, a 400 for a page that cannot be.
    func answer(
        _ question: ModelQuestion, about id: String, to head: HTTPRequestHead, in family: DialectFamily
    ) throws(APIFailure) -> [UInt8] {
        switch (question, family) {
        case (.list, .openAI): return openAI
        case (.list, .anthropic): return try AnthropicModels.page(of: ids, query: head.queryItems)
        case (.list, .gemini): return try GeminiModels.page(of: ids, query: head.queryItems, router: router)
        case (.claude, _): return OpenAIModels.list(ids.filter { $0.contains("claude") })
        case (.one, .openAI): return OpenAIModels.one(try known(id))
        case (.one, .anthropic): return AnthropicModels.one(try known(id))
        case (.one, .gemini): return GeminiModels.one(try known(ModelRouter.bareName(id)), router: router)
        }
    }

    /// Known is what a list names, and what a rule of the mapping serves.
    private func known(_ id: String) throws(APIFailure) -> String {
        if ids.contains(id) || !onlyReal && router.knows(id) { return id }
        throw APIFailure(.modelNotFound, message: "The model '\(id)' does not exist.", param: "model")
    }
}
