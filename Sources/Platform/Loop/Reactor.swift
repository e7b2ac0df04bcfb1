import CPlatform
import Glibc

/// The part of the loop that waits: the epoll set, the table of watches, the timers.
///
/// Watches are found by descriptor number; a generation number in `epoll_event.data` keeps an event for a closed descriptor
/// from reaching the connection that got the same number within the same batch.
@MainActor final class Reactor {
    static let shared = Reactor()

    /// Events taken in one wait.
    static let eventsPerTurnMax = 1024
    /// `epoll_event.data` of the wake-up descriptor, which no watch can have.
    private static let wakeUpKey = UInt64.max

    private(set) var turnNumber: UInt64 = 0
    let timers = TimerQueue()
    var endOfTurn: [@MainActor () -> Void] = []

    private let epoll: CInt
    private let events: UnsafeMutableBufferPointer<epoll_event>
    private var slots: [Slot] = []
    private var firstPriority: Set<CInt> = []
    private var generation: UInt32 = 0

    /// The watch of one descriptor number. Not retained: a watch leaves the table when it is cancelled or deallocated.
    private struct Slot {
        var watch: Unmanaged<DescriptorWatch>?
        var generation: UInt32 = 0
    }

    private init() {
        epoll = epoll_create1(CInt(EPOLL_CLOEXEC))
        precondition(epoll >= 0, "epoll_create1: errno \(errno)")
        events = .allocate(capacity: Self.eventsPerTurnMax)
        var event = epoll_event(events: EPOLLIN.rawValue, data: epoll_data(u64: Self.wakeUpKey))
        let added = epoll_ctl(epoll, EPOLL_CTL_ADD, LoopExecutor.shared.wakeUp.raw, &event)
        precondition(added == 0, "epoll_ctl for the wake-up descriptor: errno \(errno)")
    }

    /// Everything of a turn except the jobs: end the one that has just run them, then wait and start the next.
    func turn() {
        finishTurn()
        let count = wait()
        turnNumber &+= 1
        let now = LoopExecutor.shared.readClock()
        dispatch(count)
        timers.fire(now: now)
    }

    // MARK: Watches

    func add(_ watch: DescriptorWatch, interest: UInt32) throws(SystemError) -> UInt32 {
        generation &+= 1
        var event = epoll_event(events: interest, data: epoll_data(u64: key(watch.raw, generation)))
        guard epoll_ctl(epoll, EPOLL_CTL_ADD, watch.raw, &event) == 0 else { throw SystemError("epoll_ctl(ADD)") }
        let index = Int(watch.raw)
        while slots.count <= index { slots.append(Slot()) }
        slots[index] = Slot(watch: .passUnretained(watch), generation: generation)
        if watch.priority == .first { firstPriority.insert(watch.raw) }
        return generation
    }

    func change(_ watch: DescriptorWatch, interest: UInt32) throws(SystemError) {
        var event = epoll_event(events: interest, data: epoll_data(u64: key(watch.raw, watch.generation)))
        guard epoll_ctl(epoll, EPOLL_CTL_MOD, watch.raw, &event) == 0 else { throw SystemError("epoll_ctl(MOD)") }
    }

    /// Does nothing if the number belongs to another watch by now, whose registration must not be lost.
    func remove(raw: CInt, generation: UInt32, priority: DescriptorWatch.Priority) {
        guard slots[Int(raw)].generation == generation else { return }
        slots[Int(raw)] = Slot()
        if priority == .first { firstPriority.remove(raw) }
        // Fails only if the owner closed the descriptor first; then the kernel has removed it already.
        _ = epoll_ctl(epoll, EPOLL_CTL_DEL, raw, nil)
    }

    // MARK: A turn

    private func finishTurn() {
        guard !endOfTurn.isEmpty else { return }
        let actions = endOfTurn
        endOfTurn = []
        for action in actions { action() }
    }

    private func wait() -> Int {
        let mustNotWait = LoopExecutor.shared.hasJobs || !endOfTurn.isEmpty
        let timeout = mustNotWait ? 0 : timers.waitMilliseconds()
        let count = epoll_wait(epoll, events.baseAddress, CInt(events.count), timeout)
        precondition(count >= 0 || errno == EINTR, "epoll_wait: errno \(errno)")
        return max(0, Int(count))
    }

    private func dispatch(_ count: Int) {
        if !firstPriority.isEmpty {
            if count == events.count { dispatchFirstByPoll() }
            for index in 0..<count { deliver(events[index], priority: .first) }
        }
        for index in 0..<count { deliver(events[index], priority: .normal) }
    }

    private func deliver(_ event: epoll_event, priority: DescriptorWatch.Priority) {
        let key = event.data.u64
        if key == Self.wakeUpKey {
            if priority == .normal { LoopExecutor.shared.takeRemote() }
            return
        }
        let slot = slots[Int(truncatingIfNeeded: key & 0xffff_ffff)]
        guard slot.generation == UInt32(truncatingIfNeeded: key >> 32), let watch = slot.watch?.takeUnretainedValue(),
            watch.priority == priority
        else { return }
        watch.handler(Readiness(rawValue: event.events))
    }

    /// A full batch may have left watches of priority `first` behind in the kernel's list: ask for them by poll(2).
    private func dispatchFirstByPoll() {
        var polled = firstPriority.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        guard poll(&polled, nfds_t(polled.count), 0) > 0 else { return }
        for entry in polled where entry.revents != 0 {
            guard let watch = slots[Int(entry.fd)].watch?.takeUnretainedValue() else { continue }
            watch.handler(Readiness(rawValue: UInt32(UInt16(bitPattern: entry.revents))))
        }
    }

    private func key(_ raw: CInt, _ generation: UInt32) -> UInt64 { UInt64(generation) << 32 | UInt64(UInt32(raw)) }
}
