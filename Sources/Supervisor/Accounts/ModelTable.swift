import GoogleAPI
import JSON

/// What the accounts' quota reads taught about models: ids, limits, replacements. Workers get it with the snapshot.
nonisolated struct ModelTable: Sendable, Equatable {
    /// By id, as the latest read said.
    private(set) var models: [String: AvailableModel] = [:]
    private(set) var deprecated: [String: String] = [:]
    /// Ids known from stored quota records, whose limits are not known yet.
    private(set) var names: Set<String> = []

    /// Models kept; a read brings some dozens.
    static let countMax = 4_096

    mutating func learn(_ answer: AvailableModels) {
        for model in answer.models where models.count < Self.countMax || models[model.id] != nil {
            models[model.id] = model
        }
        for (old, new) in answer.deprecated where deprecated.count < Self.countMax || deprecated[old] != nil {
            deprecated[old] = new
        }
    }

    mutating func learn(_ quota: QuotaRecord) {
        for model in quota.models where names.count < Self.countMax { names.insert(model.name) }
    }

    /// The rows of the snapshot, sorted by id.
    var json: JSONValue {
        .array(names.union(models.keys).sorted().map { .object(Self.row($0, models[$0])) })
    }

    var deprecatedJSON: JSONValue {
        .object(JSONObject(deprecated.sorted { $0.key < $1.key }.map { (name: $0.key, value: .string($0.value)) }))
    }

    private static func row(_ id: String, _ model: AvailableModel?) -> JSONObject {
        var row: JSONObject = ["id": .string(id)]
        guard let model else { return row }
        if let name = model.displayName { row.append("display_name", .string(name)) }
        if let limit = model.contextTokensMax { row.append("max_tokens", .int(limit)) }
        if let limit = model.outputTokensMax { row.append("max_output_tokens", .int(limit)) }
        if let flag = model.supportsThinking { row.append("supports_thinking", .bool(flag)) }
        if let flag = model.supportsImages { row.append("supports_images", .bool(flag)) }
        if let budget = model.thinkingBudget { row.append("thinking_budget", .int(budget)) }
        if let budget = model.thinkingBudgetMin { row.append("min_thinking_budget", .int(budget)) }
        return row
    }
}
