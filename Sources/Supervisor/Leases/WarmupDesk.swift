import IPC
import Platform

/// Has workers send single small requests, each to one model with one account, and hears what became of them.
final class WarmupDesk {
    private var pending: [String: Pending] = [:]
    /// The number of a worker that takes work; nil if there is none.
    var worker: () -> Int? = { nil }
    /// Puts a message into a worker's channel.
    var send: ((Int, any IPCMessage) -> Void)?

    private struct Pending {
        let worker: Int
        let continuation: CheckedContinuation<Bool, Never>
        let timer: LoopTimer
    }

    /// A worker that has not answered by then is not waited for.
    private let answerWaitMax: Duration

    init(answerWaitMax: Duration = .seconds(120)) { self.answerWaitMax = answerWaitMax }

    /// - Returns: whether Google took the request.
    func run(account: String, model: String) async -> Bool {
        guard let send, let worker = worker() else { return false }
        let id = "warm_" + RandomID.alphanumerics(24)
        return await withCheckedContinuation { continuation in
            let timer = LoopTimer { [weak self] in self?.ended(id, isSuccess: false) }
            timer.set(after: answerWaitMax)
            pending[id] = Pending(worker: worker, continuation: continuation, timer: timer)
            send(worker, Warmup(requestID: id, accountID: account, upstreamModel: model))
        }
    }

    /// The end of any request; those of others are not known here.
    func ended(_ requestID: String, isSuccess: Bool) {
        guard !pending.isEmpty, let warmup = pending.removeValue(forKey: requestID) else { return }
        warmup.timer.cancel()
        warmup.continuation.resume(returning: isSuccess)
    }

    /// What the worker had been asked for is not done.
    func workerGone(_ worker: Int) {
        for id in pending.filter({ $0.value.worker == worker }).keys { ended(id, isSuccess: false) }
    }
}
