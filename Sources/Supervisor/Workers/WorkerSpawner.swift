import Platform

/// A process that was started and our end of the channel to it.
struct SpawnedWorker: ~Copyable {
    let child: any WorkerChild
    private let channel: FileDescriptor

    init(child: any WorkerChild, channel: consuming FileDescriptor) {
        self.child = child
        self.channel = channel
    }

    consuming func takeChannel() -> FileDescriptor { channel }
}

/// Starts worker processes: the program, its environment, its end of the channel as descriptor 3, nothing else.
struct WorkerSpawner {
    /// Where a worker finds its channel.
    static let channelDescriptor: CInt = 3

    let environment: [String]

    /// A program that cannot be executed is known at once.
    func spawn(_ executable: WorkerExecutable, place: Int) throws(SystemError) -> SpawnedWorker {
        let pair = try SocketIO.pair(.sequencedPackets)
        let child = try ChildProcess.spawn(
            executable.file.raw, arguments: ["antigravity-worker", "\(place)"], environment: environment,
            descriptors: [(source: pair.second.raw, target: Self.channelDescriptor)], newSession: true)
        return SpawnedWorker(child: child, channel: pair.first)
    }
}
