import Testing

/// Compares without the cost of a macro per line.
func expect<T: Equatable>(
    _ actual: T, _ expected: T, _ what: String, sourceLocation: SourceLocation = #_sourceLocation
) {
    if actual != expected {
        Issue.record("\(what): \(actual), not \(expected)", sourceLocation: sourceLocation)
    }
}
