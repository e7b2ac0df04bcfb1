/// Lets one asynchronous change through at a time, in the order of arrival: a change reads, waits for the disk and then
/// acts, and no other may come between.
final class Turnstile {
    private var isTaken = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func pass<T, Failure: Error>(_ change: () async throws(Failure) -> T) async throws(Failure) -> T {
        if isTaken {
            await withCheckedContinuation { waiting.append($0) }
        } else {
            isTaken = true
        }
        defer { leave() }
        return try await change()
    }

    /// Hands the turn to the next one, or frees it.
    private func leave() {
        if waiting.isEmpty { isTaken = false } else { waiting.removeFirst().resume() }
    }
}
