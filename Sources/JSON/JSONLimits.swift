/// What a JSON text may cost. A text that needs more is refused whole, with the offset at which it crossed the line.
public struct JSONLimits: Sendable, Equatable {
    /// Arrays and objects open at once; a text one deeper is refused with `.tooDeep`.
    public var depthMax: Int
    /// Values and member names together, 16 bytes of index each; one more is refused with `.tooManyNodes`.
    public var nodeCountMax: Int

    /// The deepest nesting that any caller may ask for: trees are built, compared and freed by recursion.
    public static let depthCeiling = 1024
    /// The longest text: offsets are 32 bits wide. A longer one is refused with `.tooLong`.
    public static let textSizeMaxBytes = Int(UInt32.max) - 1
    /// The most nodes that any caller may ask for: a container counts its children in 28 bits.
    public static let nodeCountCeiling = 1 << 27

    /// Both limits are cut to their ceilings.
    public init(depthMax: Int = 512, nodeCountMax: Int = 4_000_000) {
        self.depthMax = min(max(depthMax, 0), Self.depthCeiling)
        self.nodeCountMax = min(max(nodeCountMax, 1), Self.nodeCountCeiling)
    }
}
