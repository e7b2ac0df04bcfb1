/// The product's version, as `ready` tells it.
nonisolated enum WorkerVersion {
    static let text = "0.1.0"
}
