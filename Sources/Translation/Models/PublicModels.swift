import GoogleAPI

/// Which model of the public Gemini API stands for one of Code Assist's.
///
/// The public API has previews under names of their own, no Claude models, and takes the amount of thinking beside the name where
/// Code Assist has an id for each amount.
public struct PublicModels: Sendable {
    /// Public id by Code Assist's, with the amount of thinking that the latter implies in parentheses. Others have one id in
    /// both (Gemini API, "Gemini models").
    public static let builtin: [String: String] = [
        "gemini-3-pro-high": "gemini-3-pro-preview(high)", "gemini-3-pro-low": "gemini-3-pro-preview(low)",
        "gemini-pro-agent": "gemini-3-pro-preview(high)", "gemini-3-flash": "gemini-3-flash-preview",
        "gemini-3-flash-agent": "gemini-3-flash-preview", "gemini-3-pro-image": "gemini-3-pro-image-preview",
        "gemini-3.1-pro-high": "gemini-3.1-pro-preview(high)", "gemini-3.1-pro-low": "gemini-3.1-pro-preview(low)",
        "gemini-3.1-flash-image": "gemini-3.1-flash-image-preview",
        "gemini-2.5-flash-thinking": "gemini-2.5-flash(16000)",
    ]

    private let names: [String: String]
    /// Known ids, worked out: reading an id's facts costs more than the rest of a small request.
    private var settled: [String: TargetModel] = [:]

    /// - Parameter mapping: the operator's rows; they win over the built-in ones.
    public init(mapping: [String: String] = [:]) {
        names = Self.builtin.merging(mapping) { _, own in own }
        let known = Set(ModelFacts.known.map(\.id)).union(names.keys)
        for id in known { settled[id] = Self.target(named: names[id] ?? id) }
    }

    /// The model to ask the public API for; nil when it has none that could stand for this one.
    public func target(for id: String) -> TargetModel? { settled[id] ?? Self.target(named: names[id] ?? id) }

    private static func target(named name: String) -> TargetModel? {
        let name = ModelSuffixes(parsing: name)
        var target = TargetModel(id: name.base, on: .gemini)
        guard !target.isClaude, target.family != .gptOSS else { return nil }
        if let range = target.thinking, let budget = budget(name.thinking, range) {
            target.thinking?.usualBudget = budget
            target.thinking?.defaultBudget = budget
        }
        return target
    }

    private static func budget(_ wish: ThinkingWish?, _ range: TargetModel.Thinking) -> Int? {
        switch wish {
        case .budget(let tokens): tokens
        case .effort(let effort): ThinkingPlan.budget(of: effort, range)
        case nil, .unspecified, .off, .on: nil
        }
    }
}
