import CPlatform

/// How the C library's allocator treats large blocks.
public enum Allocator {
    /// By default a block above 128 KiB may be a mapping of its own: one request with a long body maps, faults in and unmaps
    /// several of them. Below this size blocks come from the heap.
    static let mappedBlockSizeMinBytes: CInt = 4 << 20
    /// Free memory at the heap's end is given back above this: what one long request used serves the next.
    static let freeTailMaxBytes: CInt = 8 << 20

    /// Keeps blocks of the size of a long request in the heap. Before much has been allocated.
    public static func keepLargeBlocks() {
        // Refused, it works as it did.
        _ = platform_set_allocator_thresholds(mappedBlockSizeMinBytes, freeTailMaxBytes)
    }
}
