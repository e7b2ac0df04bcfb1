import Glibc
import Testing

@testable import Platform

@MainActor @Suite struct DescriptorWatchTests {
    @Test func `an edge is told once, a level until it is over`() async throws {
        for mode in [DescriptorWatch.Mode.edge, .level] {
            let pair = try SocketIO.pair(.stream)
            let notes = Notes()
            let watch = try DescriptorWatch(pair.first.raw, interest: .readable, mode: mode) { _ in
                notes.lines.append("readable")
            }
            _ = write(pair.second.raw, "x", 1)
            for _ in 0..<5 { try await Task.sleep(for: .milliseconds(1)) }
            watch.cancel()
            check(notes.lines.count == 1, mode == .edge, "told \(notes.lines.count) times")
        }
    }

    @Test func `nothing is told after cancel, and the descriptor can be watched anew`() async throws {
        let pair = try SocketIO.pair(.stream)
        let notes = Notes()
        let first = try DescriptorWatch(pair.first.raw, interest: .readable, mode: .level) { _ in
            notes.lines.append("1")
        }
        first.cancel()
        first.cancel()
        _ = write(pair.second.raw, "x", 1)
        try await Task.sleep(for: .milliseconds(3))
        check(notes.lines, [], "after cancel")
        let second = try DescriptorWatch(pair.first.raw, interest: .readable, mode: .edge) { _ in
            notes.lines.append("2")
        }
        first.cancel()
        await notes.wait(for: 1)
        check(notes.lines, ["2"], "the second watch")
        second.cancel()
    }

    @Test func `an event of a closed descriptor does not reach the next owner of its number`() async throws {
        let notes = Notes()
        let victim = Holder()
        let other = Holder()
        let pairs = [try Ends(), try Ends()]
        let names = pairs.map(\.near)
        // Both become readable in one batch. Whichever comes first closes the other and gives its number to a silent socket.
        let silent = try SocketIO.pair(.stream)
        let action: @MainActor (Int) -> Void = { mine in
            notes.lines.append("one")
            let (own, theirs) = mine == 0 ? (other, victim) : (victim, other)
            own.watch?.cancel()
            theirs.watch?.cancel()
            _ = dup2(silent.first.raw, names[1 - mine])
            theirs.watch = try? DescriptorWatch(names[1 - mine], interest: .readable, mode: .level) { _ in
                notes.lines.append("stray")
            }
        }
        other.watch = try DescriptorWatch(names[0], interest: .readable, mode: .level) { _ in action(0) }
        victim.watch = try DescriptorWatch(names[1], interest: .readable, mode: .level) { _ in action(1) }
        _ = write(pairs[0].far, "x", 1)
        _ = write(pairs[1].far, "x", 1)
        try await Task.sleep(for: .milliseconds(5))
        withExtendedLifetime(pairs) { check(notes.lines, ["one"], "events") }
        victim.watch = nil
        other.watch = nil
    }

    @Test func `channels are looked at before clients`() async throws {
        let notes = Notes()
        var pairs: [Ends] = []
        var watches: [DescriptorWatch] = []
        for index in 0..<6 {
            let ends = try Ends()
            let isFirst = index >= 4
            watches.append(
                try DescriptorWatch(
                    ends.near, interest: .readable, mode: .edge, priority: isFirst ? .first : .normal
                ) { _ in notes.lines.append(isFirst ? "channel" : "client") })
            pairs.append(ends)
        }
        for ends in pairs { _ = write(ends.far, "x", 1) }
        await notes.wait(for: 6)
        withExtendedLifetime(pairs) { check(Array(notes.lines.prefix(2)), ["channel", "channel"], "first") }
        for watch in watches { watch.cancel() }
    }

    /// In a process of its own, for its many descriptors.
    @Test func `channels are looked at first even when more is ready than one wait returns`() async {
        await #expect(processExitsWith: .success) { @MainActor in
            let ready = Reactor.eventsPerTurnMax + 100
            guard ProcessFacts.setDescriptorLimit(ready + 100) >= ready + 100 else { exit(0) }
            let client = try Ends()
            let channel = try Ends()
            let notes = Notes()
            var owned: [CInt] = []
            var watches: [DescriptorWatch] = []
            for _ in 0..<ready {
                let raw = dup(client.near)
                owned.append(raw)
                watches.append(
                    try DescriptorWatch(raw, interest: .readable, mode: .edge) { _ in notes.lines.append("client") })
            }
            _ = write(client.far, "x", 1)
            watches.append(
                try DescriptorWatch(channel.near, interest: .readable, mode: .level, priority: .first) { _ in
                    notes.lines.append("channel")
                })
            _ = write(channel.far, "x", 1)
            await notes.wait(for: Reactor.eventsPerTurnMax)
            exit(notes.lines.first == "channel" ? 0 : 1)
        }
    }

    @Test func `the end of the peer's side is told as such`() async throws {
        let pair = try SocketIO.pair(.stream)
        let notes = Notes()
        let watch = try DescriptorWatch(pair.first.raw, interest: [.readable, .peerClosed], mode: .edge) {
            notes.lines.append($0.contains(.peerClosed) ? "closed" : "other")
        }
        SocketIO.shutdownWrite(pair.second.raw)
        await notes.wait(for: 1)
        check(notes.lines, ["closed"], "event")
        watch.cancel()
    }

    @Test func `asking for more on an edge watch tells what is true already`() async throws {
        let pair = try SocketIO.pair(.stream)
        let notes = Notes()
        let watch = try DescriptorWatch(pair.first.raw, interest: .readable, mode: .edge) {
            notes.lines.append($0.contains(.writable) ? "writable" : "other")
        }
        try await Task.sleep(for: .milliseconds(2))
        try watch.update(interest: [.readable, .writable])
        await notes.wait(for: 1)
        check(notes.lines, ["writable"], "event")
        watch.cancel()
    }
}

@MainActor private final class Holder { var watch: DescriptorWatch? }

/// A pair whose ends close with it.
private final class Ends {
    let near: CInt
    let far: CInt
    private let pair: SocketPair
    init() throws {
        pair = try SocketIO.pair(.stream)
        near = pair.first.raw
        far = pair.second.raw
    }
}
