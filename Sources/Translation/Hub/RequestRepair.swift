/// The one repair a refused request gets (class `repairable`): the same request to the same account with less in it.
public enum RequestRepair: Sendable, Equatable {
    /// Thinking parts and signatures of the history are left out; Gemini calls carry the skip word, Claude does not think.
    case signatures
    /// `thinkingConfig` is left out.
    case thinkingConfiguration
    /// For token counts: conversation alone, system text in front of it, no tools.
    case contentsOnly

    /// The repair that fits the upstream's message.
    public init(refusal message: String) {
        let text = message.lowercased()
        let configuration = [
            "thinking_level", "thinking_budget", "thinking_config", "thinkinglevel", "thinkingbudget", "thinkingconfig",
        ]
        self = configuration.contains { text.contains($0) } ? .thinkingConfiguration : .signatures
    }
}
