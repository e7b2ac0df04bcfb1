/// What is due when: a binary heap of timers and of sleeping jobs, by deadline and then by order of arrival.
@MainActor final class TimerQueue {
    private enum Payload {
        /// Not retained: a timer takes itself out when it is deallocated.
        case timer(Unmanaged<LoopTimer>)
        case job(UnownedJob)
    }
    private struct Entry {
        var deadline: UInt64
        var arrival: UInt64
        var payload: Payload

        func isBefore(_ other: Entry) -> Bool {
            deadline != other.deadline ? deadline < other.deadline : arrival < other.arrival
        }
    }

    private var heap: [Entry] = []
    private var arrivals: UInt64 = 0

    var isEmpty: Bool { heap.isEmpty }
    var count: Int { heap.count }

    func add(_ job: UnownedJob, at deadline: MonotonicInstant) {
        insert(.job(job), deadline: deadline.nanoseconds)
    }

    func insert(_ timer: LoopTimer) { insert(.timer(.passUnretained(timer)), deadline: timer.queuedDeadline) }

    /// The timer's deadline has become earlier.
    func moveUp(_ timer: LoopTimer) {
        heap[timer.heapIndex].deadline = timer.queuedDeadline
        siftUp(timer.heapIndex)
    }

    func remove(at index: Int) {
        setIndex(of: heap[index], to: LoopTimer.notQueued)
        let last = heap.removeLast()
        guard index < heap.count else { return }
        place(last, at: index)
        siftDown(index)
        siftUp(index)
    }

    /// Runs what is due at `now`. A timer that was moved later since it was queued goes to its new place first, so that
    /// the order of deadlines holds. What is
    /// added meanwhile waits for the next turn, however early its deadline.
    func fire(now: MonotonicInstant) {
        let newest = arrivals
        while let first = heap.first, first.deadline <= now.nanoseconds, first.arrival <= newest {
            switch first.payload {
            case .job(let job):
                remove(at: 0)
                LoopExecutor.shared.enqueueDue(job)
            case .timer(let reference):
                let timer = reference.takeUnretainedValue()
                if timer.deadline == LoopTimer.never {
                    remove(at: 0)
                } else if timer.deadline > first.deadline {
                    requeueFirst(timer)
                } else {
                    remove(at: 0)
                    timer.fire()
                }
            }
        }
    }

    /// Time to the earliest deadline, rounded up so that nothing is due before the wait ends; -1 when nothing is queued.
    func waitMilliseconds() -> CInt {
        guard let first = heap.first else { return -1 }
        let now = MonotonicInstant.now
        guard first.deadline > now.nanoseconds else { return 0 }
        let milliseconds = (first.deadline - now.nanoseconds + 999_999) / 1_000_000
        return CInt(clamping: milliseconds)
    }

    private func insert(_ payload: Payload, deadline: UInt64) {
        arrivals &+= 1
        let entry = Entry(deadline: deadline, arrival: arrivals, payload: payload)
        heap.append(entry)
        setIndex(of: entry, to: heap.count - 1)
        siftUp(heap.count - 1)
    }

    private func requeueFirst(_ timer: LoopTimer) {
        timer.queuedDeadline = timer.deadline
        heap[0].deadline = timer.deadline
        siftDown(0)
    }

    private func siftUp(_ start: Int) {
        var index = start
        let entry = heap[index]
        while index > 0 {
            let parent = (index - 1) / 2
            guard entry.isBefore(heap[parent]) else { break }
            place(heap[parent], at: index)
            index = parent
        }
        if index != start { place(entry, at: index) }
    }

    private func siftDown(_ start: Int) {
        var index = start
        let entry = heap[index]
        while true {
            var child = 2 * index + 1
            guard child < heap.count else { break }
            if child + 1 < heap.count, heap[child + 1].isBefore(heap[child]) { child += 1 }
            guard heap[child].isBefore(entry) else { break }
            place(heap[child], at: index)
            index = child
        }
        if index != start { place(entry, at: index) }
    }

    private func place(_ entry: Entry, at index: Int) {
        heap[index] = entry
        setIndex(of: entry, to: index)
    }

    private func setIndex(of entry: Entry, to index: Int) {
        if case .timer(let timer) = entry.payload { timer._withUnsafeGuaranteedRef { $0.heapIndex = index } }
    }
}
