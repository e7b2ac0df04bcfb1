import Platform
import Testing

/// What happened, in order.
@MainActor final class Notes {
    var lines: [String] = []

    /// Waits until so many things have happened.
    func wait(for count: Int, patience: Duration = .seconds(5)) async {
        let deadline = ContinuousClock.now + patience
        while lines.count < count, ContinuousClock.now < deadline { try? await Task.sleep(for: .milliseconds(1)) }
    }
}

func check<T: Equatable>(_ value: T, _ expected: T, _ what: String, _ location: SourceLocation = #_sourceLocation) {
    guard value != expected else { return }
    let text = String(describing: value).prefix(500)
    Issue.record("\(what): \(text) instead of \(expected)", sourceLocation: location)
}
