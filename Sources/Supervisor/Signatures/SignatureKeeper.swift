import IPC

/// Who remembers thought signatures for all workers.
protocol SignatureKeeper: AnyObject {
    /// Answers with `signatureFound`.
    func find(_ message: SignatureFind, for worker: Int)
    func keep(_ message: SignatureKeep)
    func forget(_ message: SignatureForget)
}
