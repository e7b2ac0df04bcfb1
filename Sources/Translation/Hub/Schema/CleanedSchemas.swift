import APIErrors
import JSON

/// The schemas of one request, cleaned: what is written for its tools and for the form of its answer.
struct CleanedSchemas {
    /// Work for all schemas of one request, in units of `SchemaCleaner.workMax`. Counted alike whether the cache knows a schema
    /// or not, so that the same request always gets the same answer.
    static let workMax = 100_000

    /// One for each declared tool that is sent, in order.
    private(set) var tools: [[UInt8]] = []
    /// Parameters of the tools that are declared by name alone, if there are any.
    private(set) var nothing: [UInt8] = []
    private(set) var answer: [UInt8]?
    private var work = 0

    /// - Throws: a 400 for schemas whose cleaning would hold up every other client.
    static func of(
        _ request: GenerationRequest, plan: RequestPlan, isClaude: Bool, cache: inout SchemaCache
    ) throws(APIFailure) -> CleanedSchemas {
        var schemas = CleanedSchemas()
        try schemas.clean(request, plan, isClaude ? .claude : .gemini, &cache)
        return schemas
    }

    private mutating func clean(
        _ request: GenerationRequest, _ plan: RequestPlan, _ dialect: SchemaCleaner.Dialect, _ cache: inout SchemaCache
    ) throws(APIFailure) {
        if !plan.stubs.isEmpty { nothing = cache.entry(for: nil, dialect: dialect, position: .parameters).cleaned }
        for tool in plan.tools {
            tools.append(try take(cache.entry(for: tool.schema, dialect: dialect, position: .parameters), "tools"))
        }
        guard plan.usesJSONMode else { return }
        switch request.outputFormat {
        case .text, .json: return
        case .jsonSchema(let schema), .word(let schema):
            guard schema.count > 0 else { return }
            answer = try take(cache.entry(for: schema, dialect: .gemini, position: .response), "response_format")
        }
    }

    private mutating func take(_ entry: SchemaCache.Entry, _ param: String) throws(APIFailure) -> [UInt8] {
        work += entry.work
        guard work <= Self.workMax else {
            throw .badRequest("\(param): the schemas are too large, or refer to one another too often", param: param)
        }
        return entry.cleaned
    }
}
