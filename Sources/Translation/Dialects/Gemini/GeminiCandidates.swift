import JSON

/// Candidates of answers side by side: each upstream call numbers its only one 0.
enum GeminiCandidates {
    /// The answer object with its candidate under the number of the choice.
    static func numbered(_ payload: RawJSON, _ choice: Int) -> RawJSON {
        // A payload is an object that was parsed before; one without candidates has nothing to number.
        guard choice > 0, var value = try? JSONValue(parsing: payload.array),
            case .array(var candidates)? = value["candidates"], !candidates.isEmpty
        else { return payload }
        candidates[0]["index"] = .int(choice)
        value["candidates"] = .array(candidates)
        return RawJSON(value)
    }
}
