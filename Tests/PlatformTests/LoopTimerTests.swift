import Platform
import Testing

@testable import Platform

@MainActor @Suite struct LoopTimerTests {
    @Test func `timers fire in the order of their deadlines, equal ones in the order they were set`() async {
        let notes = Notes()
        let timers = [30, 10, 20, 10, 0].enumerated().map { index, delay in
            let timer = LoopTimer { notes.lines.append("\(delay) #\(index)") }
            timer.set(after: .milliseconds(delay))
            return timer
        }
        await notes.wait(for: 5)
        check(notes.lines, ["0 #4", "10 #1", "10 #3", "20 #2", "30 #0"], "order")
        check(timers.contains { $0.isSet }, false, "still set")
    }

    @Test func `a timer moved later fires once and late, one moved earlier fires once and early`() async {
        let notes = Notes()
        let start = EventLoop.now
        let later = LoopTimer { notes.lines.append("later") }
        let earlier = LoopTimer { notes.lines.append("earlier") }
        later.set(after: .milliseconds(5))
        earlier.set(after: .seconds(100))
        for delay in [10, 20, 40] { later.set(after: .milliseconds(delay)) }
        earlier.set(after: .milliseconds(15))
        await notes.wait(for: 2)
        check(notes.lines, ["earlier", "later"], "order")
        check(MonotonicInstant.now - start >= .milliseconds(40), true, "not before its time")
        try? await Task.sleep(for: .milliseconds(5))
        check(notes.lines.count, 2, "fired once each")
    }

    @Test func `moving a timer later costs no place in the heap, and a dropped timer leaves it`() {
        let before = Reactor.shared.timers.count
        do {
            let timer = LoopTimer {}
            for delay in 1...1000 { timer.set(after: .seconds(delay)) }
            check(Reactor.shared.timers.count, before + 1, "places")
        }
        check(Reactor.shared.timers.count, before, "places afterwards")
    }

    @Test func `a cancelled timer does not fire, and can be set again`() async {
        let notes = Notes()
        let timer = LoopTimer { notes.lines.append("fired") }
        timer.set(after: .milliseconds(2))
        timer.cancel()
        try? await Task.sleep(for: .milliseconds(10))
        check(notes.lines, [], "after cancel")
        timer.set(after: .milliseconds(2))
        await notes.wait(for: 1)
        check(notes.lines, ["fired"], "after set")
    }

    @Test func `a timer that sets itself to now leaves room for everything else`() async {
        let again = SelfSetting()
        again.timer.set(after: Duration.zero)
        let deadline = ContinuousClock.now + .seconds(5)
        while again.count < 3, ContinuousClock.now < deadline { try? await Task.sleep(for: .milliseconds(1)) }
        again.isOver = true
        check(again.count >= 3, true, "fired again and again")
    }

    @Test func `many timers fire in order`() async {
        var generator = SystemRandomNumberGenerator()
        var fired: [Int] = []
        let notes = Notes()
        let box = Order()
        let delays = (0..<500).map { _ in Int.random(in: 0..<20, using: &generator) }
        let timers = delays.map { delay in
            let timer = LoopTimer {
                box.fired.append(delay)
                notes.lines.append("")
            }
            timer.set(after: .seconds(delay + 100))
            timer.set(after: .milliseconds(delay))
            return timer
        }
        await notes.wait(for: 500)
        fired = box.fired
        check(fired, delays.sorted(), "order")
        check(timers.count, 500, "alive")
    }
}

@MainActor private final class Order { var fired: [Int] = [] }

@MainActor private final class SelfSetting {
    var count = 0
    var isOver = false
    lazy var timer: LoopTimer = LoopTimer { [unowned self] in
        count += 1
        if !isOver { timer.set(after: Duration.zero) }
    }
}
