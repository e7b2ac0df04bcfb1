/// Supervisor to tunnel keeper: start this program unless one runs. Answered by `tunnelState`.
public struct TunnelRun: IPCMessage, Equatable {
    public static let kind = MessageKind.tunnelRun

    public var path: String
    /// With the program's name first.
    public var arguments: [String]
    /// `NAME=value`; the program gets this and nothing else.
    public var environment: [Secret]
    /// What a later supervisor wants to know of the program: given back in every `tunnelState`.
    public var facts: TunnelFacts

    public init(path: String, arguments: [String], environment: [Secret], facts: TunnelFacts) {
        self.path = path
        self.arguments = arguments
        self.environment = environment
        self.facts = facts
    }

    public func encode(into writer: inout FrameWriter) {
        writer.string(path)
        writer.list(arguments) { $0.string($1) }
        writer.list(environment) { $0.string($1.value) }
        facts.encode(into: &writer)
    }

    public init(decoding reader: inout FrameReader) throws(IPCError) {
        path = try reader.string()
        arguments = try reader.list { reader throws(IPCError) in try reader.string() }
        environment = try reader.list { reader throws(IPCError) in Secret(try reader.string()) }
        facts = try TunnelFacts(decoding: &reader)
    }
}

/// What the supervisor that started a tunnel knew of it.
public struct TunnelFacts: Equatable, Sendable {
    /// The tunnel's name is the account's, not one for the moment.
    public var isNamed: Bool
    /// Of `127.0.0.1`, where the program tells of itself.
    public var metricsPort: UInt16
    /// Starts before this one since the operator's.
    public var restarts: UInt32

    public init(isNamed: Bool, metricsPort: UInt16, restarts: UInt32) {
        self.isNamed = isNamed
        self.metricsPort = metricsPort
        self.restarts = restarts
    }

    func encode(into writer: inout FrameWriter) {
        writer.bool(isNamed)
        writer.uint16(metricsPort)
        writer.uint32(restarts)
    }

    init(decoding reader: inout FrameReader) throws(IPCError) {
        isNamed = try reader.bool()
        metricsPort = try reader.uint16()
        restarts = try reader.uint32()
    }
}
