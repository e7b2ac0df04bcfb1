import CPlatform
import Glibc

/// A thread of its own for an actor whose work blocks (SQLite, files). Jobs run one at a time, in order of arrival.
///
/// The thread starts with the first job and ends when the executor is deallocated. A call from the loop and back costs some
/// tens of microseconds: never on a request's path. Never in a worker either: its code counts references as if there were one
/// thread (docs/decisions/0011).
public final class ThreadExecutor: SerialExecutor {
    private let queue: Queue

    /// - Parameter name: of the thread, as tools show it; the kernel keeps 15 characters.
    public init(name: String) {
        queue = Queue(name: name)
        queue.start()
    }

    deinit { queue.finish() }

    public func enqueue(_ job: consuming ExecutorJob) {
        queue.append(UnownedJob(job), asUnownedSerialExecutor())
    }

    /// What the thread shares with its users; it outlives the executor by the time the thread needs to notice.
    private final class Queue: @unchecked Sendable {
        private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
        private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
        private var jobs: [(job: UnownedJob, executor: UnownedSerialExecutor)] = []
        private var isFinished = false
        private let name: String

        init(name: String) {
            self.name = String(name.prefix(15))
            pthread_mutex_init(mutex, nil)
            pthread_cond_init(condition, nil)
        }

        deinit {
            pthread_mutex_destroy(mutex)
            pthread_cond_destroy(condition)
            mutex.deallocate()
            condition.deallocate()
        }

        func start() {
            var thread = pthread_t()
            let context = Unmanaged.passRetained(self).toOpaque()
            let result = pthread_create(
                &thread, nil,
                { context in
                    guard let context else { return nil }
                    Unmanaged<Queue>.fromOpaque(context).takeRetainedValue().run()
                    return nil
                }, context)
            precondition(result == 0, "pthread_create: \(result)")
            pthread_detach(thread)
        }

        func append(_ job: UnownedJob, _ executor: UnownedSerialExecutor) {
            pthread_mutex_lock(mutex)
            jobs.append((job, executor))
            pthread_mutex_unlock(mutex)
            pthread_cond_signal(condition)
        }

        func finish() {
            pthread_mutex_lock(mutex)
            isFinished = true
            pthread_mutex_unlock(mutex)
            pthread_cond_signal(condition)
        }

        private func run() {
            // Signals are for the loop: one that any thread takes by its default action never reaches a `SignalWatch`.
            var all = sigset_t()
            sigfillset(&all)
            pthread_sigmask(SIG_BLOCK, &all, nil)
            platform_name_thread(name)
            while let batch = next() {
                for (job, executor) in batch { job.runSynchronously(on: executor) }
            }
        }

        private func next() -> [(job: UnownedJob, executor: UnownedSerialExecutor)]? {
            pthread_mutex_lock(mutex)
            defer { pthread_mutex_unlock(mutex) }
            while jobs.isEmpty {
                if isFinished { return nil }
                pthread_cond_wait(condition, mutex)
            }
            defer { jobs = [] }
            return jobs
        }
    }
}
