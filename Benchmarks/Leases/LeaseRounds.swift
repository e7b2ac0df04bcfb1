import Glibc
import GoogleAPI
import IPC
import Platform

/// Rounds of asking for a lease, getting it, and reporting a success.
@MainActor final class LeaseRounds {
    /// What is done one after the other.
    private struct Phase {
        /// Nil: nothing is printed.
        let name: String?
        let rounds: Int
        /// Requests that are open at once.
        let width: Int
        /// Every so many requests one begins a conversation; the others go on with one.
        let newEvery: Int
    }

    private static let conversations = 20_000
    /// The least disturbed window of so many rounds is printed beside the whole.
    private static let windowRounds = 1_000
    private static let phases = [
        Phase(name: nil, rounds: conversations, width: 32, newEvery: 1),
        Phase(name: "lease.one", rounds: 20_000, width: 1, newEvery: 10),
        Phase(name: "lease.sixteen", rounds: 50_000, width: 16, newEvery: 10),
    ]

    private var channel: Channel?
    private var pulse: LoopTimer?
    private var number: UInt64 = 0
    private var phase = 0
    private var asked = 0
    private var answered = 0
    private var begun: [String: MonotonicInstant] = [:]
    private var microseconds: [Double] = []
    private var known = 0

    init(channel: consuming FileDescriptor) throws(IPCError) {
        pulse = LoopTimer { [unowned self] in beat() }
        self.channel = try Channel(
            channel, onMessage: { [unowned self] in receive($0) }, onEnd: { exit(0) })
    }

    private func receive(_ message: IncomingMessage) {
        do {
            switch message.kind {
            case .hello:
                say(Ready(pid: UInt32(getpid()), confinementLevel: 0, version: ProductVersion.text))
                beat()
                for _ in 0..<Self.phases[0].width { ask() }
            case .leaseGrant: take(try message.decode())
            case .leaseDeny, .leaseWait: fail("a lease was not granted at once")
            case .drain:
                say(Drained())
                channel?.flush()
                exit(0)
            default: break
            }
        } catch {
            fail("\(error)")
        }
    }

    private func ask() {
        guard asked < Self.phases[phase].rounds else { return }
        asked += 1
        let isNew = asked % Self.phases[phase].newEvery == 0
        if isNew { known += 1 }
        // A step without a common divisor visits the known ones in no order that a memory could like.
        let conversation = isNew ? known : asked * 7_919 % max(1, min(known, Self.conversations)) + 1
        let id = "bench_\(phase)_\(asked)"
        begun[id] = .now
        say(
            LeaseRequest(
                requestID: id, apiKeyID: "0123456789abcdef", dialect: .openAIChat, isStream: false,
                upstreamModel: "gemini-3-flash", sessionKey: "conversation-\(conversation)",
                bodyDigest: Array(repeating: UInt8(truncatingIfNeeded: asked), count: 16),
                scheduleMillisecondsLeft: 90_000, totalMillisecondsLeft: 590_000))
    }

    private func take(_ grant: LeaseGrant) {
        guard let start = begun.removeValue(forKey: grant.requestID) else { return }
        microseconds.append(Double(MonotonicInstant.now.nanoseconds - start.nanoseconds) / 1_000)
        number += 1
        say(
            ExchangeEnd(
                number: number, requestID: grant.requestID,
                outcome: AttemptOutcome(
                    leaseID: grant.lease.leaseID, outcomeClass: OutcomeClass.success.rawValue, isContentCommitted: true,
                    endpoint: 0, durationMilliseconds: 1)))
        answered += 1
        guard answered == Self.phases[phase].rounds else { return ask() }
        finish()
    }

    private func finish() {
        if let name = Self.phases[phase].name { print(name) }
        microseconds.removeAll(keepingCapacity: true)
        (asked, answered) = (0, 0)
        guard phase + 1 < Self.phases.count else { return }
        phase += 1
        for _ in 0..<Self.phases[phase].width { ask() }
    }

    private func print(_ name: String) {
        let windows = stride(from: 0, to: microseconds.count, by: Self.windowRounds).map { start in
            Self.quantile(microseconds[start..<min(start + Self.windowRounds, microseconds.count)].sorted(), 0.99)
        }
        microseconds.sort()
        let parts = [("p50", 0.5), ("p99", 0.99), ("p999", 0.999), ("max", 1)].map { part in
            "\(part.0) \(Self.quantile(microseconds, part.1))"
        }
        write("\(name) \(parts.joined(separator: " ")) calm_p99 \(windows.min() ?? 0)\n")
    }

    private static func quantile(_ sorted: [Double], _ part: Double) -> Double {
        sorted.isEmpty ? 0 : sorted[Int(Double(sorted.count - 1) * part)]
    }

    private func beat() {
        say(Pulse(residentBytes: 1 << 20, openExchanges: UInt32(begun.count), openConnections: 0, snapshotRevision: 1))
        pulse?.set(after: .seconds(1))
    }

    private func say(_ message: some IPCMessage) {
        do { try channel?.send(message) } catch { fail("\(error)") }
    }

    private func fail(_ text: String) {
        write("lease.failed \(text)\n")
        exit(1)
    }

    private func write(_ line: String) {
        let bytes = Array(line.utf8)
        _ = Glibc.write(STDERR_FILENO, bytes, bytes.count)
    }
}
