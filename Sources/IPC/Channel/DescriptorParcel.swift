import Platform

/// Descriptors on their way with one message, in the order of its fields. What it owns and nobody took is closed with it.
public final class DescriptorParcel {
    private struct Entry {
        let raw: CInt
        let isOwned: Bool
    }

    private var entries: [Entry] = []
    private var taken = 0

    public init() {}

    /// A parcel of one.
    public convenience init(_ descriptor: consuming FileDescriptor) {
        self.init()
        add(descriptor)
    }

    deinit {
        for entry in entries[taken...] where entry.isOwned { _ = FileDescriptor(owning: entry.raw) }
    }

    public func add(_ descriptor: consuming FileDescriptor) {
        entries.append(Entry(raw: descriptor.release(), isOwned: true))
    }

    /// Sends a descriptor that stays the caller's. It must stay open until the frame has left, which is at the end of the
    /// loop turn unless the channel is blocked.
    public func lend(_ raw: CInt) { entries.append(Entry(raw: raw, isOwned: false)) }

    /// Takes the next descriptor out; nil when there is none left.
    public func next() -> FileDescriptor? {
        guard taken < entries.count else { return nil }
        defer { taken += 1 }
        return FileDescriptor(owning: entries[taken].raw)
    }

    public var count: Int { entries.count - taken }

    /// The numbers, for the kernel to duplicate.
    var raws: [CInt] { entries[taken...].map(\.raw) }
}
