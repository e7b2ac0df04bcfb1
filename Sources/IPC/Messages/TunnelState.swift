/// Tunnel keeper to supervisor: how the program is. Sent when it was started or could not be, when an address was found, when it
/// has ended, and when asked.
///
/// Descriptors: the program's pidfd while it runs.
public struct TunnelState: IPCMessage, Equatable {
    public static let kind = MessageKind.tunnelState

    public enum Phase: UInt8, Sendable {
        /// Nothing was ever started.
        case idle = 0
        case running = 1
        /// `ending` says how.
        case ended = 2
        /// It could not be started; `failure` says why.
        case failed = 3
    }

    /// The end of a process: its exit status, or the signal that ended it.
    public struct Ending: Equatable, Sendable {
        public var isSignal: Bool
        public var number: UInt8

        public init(isSignal: Bool, number: UInt8) {
            self.isSignal = isSignal
            self.number = number
        }
    }

    public var phase: Phase
    /// 0 unless it runs.
    public var pid: UInt32
    public var startedAtUnixSeconds: Int64
    /// Those of the last `tunnelRun`.
    public var facts: TunnelFacts
    /// The address that the program's log names.
    public var address: String?
    public var ending: Ending?
    /// The system's number of an error (errno).
    public var failure: UInt32
    /// The last lines of the standard error, once the program has ended.
    public var lastLines: [String]

    public init(
        phase: Phase, pid: UInt32 = 0, startedAtUnixSeconds: Int64 = 0, facts: TunnelFacts, address: String? = nil,
        ending: Ending? = nil, failure: UInt32 = 0, lastLines: [String] = []
    ) {
        self.phase = phase
        self.pid = pid
        self.startedAtUnixSeconds = startedAtUnixSeconds
        self.facts = facts
        self.address = address
        self.ending = ending
        self.failure = failure
        self.lastLines = lastLines
    }

    public func encode(into writer: inout FrameWriter) {
        writer.uint8(phase.rawValue)
        writer.uint32(pid)
        writer.int64(startedAtUnixSeconds)
        facts.encode(into: &writer)
        writer.optional(address)
        writer.optional(ending) {
            $0.bool($1.isSignal)
            $0.uint8($1.number)
        }
        writer.uint32(failure)
        writer.list(lastLines) { $0.string($1) }
    }

    public init(decoding reader: inout FrameReader) throws(IPCError) {
        phase = try reader.oneOf(Phase.self, field: "tunnelState.phase")
        pid = try reader.uint32()
        startedAtUnixSeconds = try reader.int64()
        facts = try TunnelFacts(decoding: &reader)
        address = try reader.optionalString()
        ending = try reader.optional { reader throws(IPCError) in
            Ending(isSignal: try reader.bool(), number: try reader.uint8())
        }
        failure = try reader.uint32()
        lastLines = try reader.list { reader throws(IPCError) in try reader.string() }
    }
}
