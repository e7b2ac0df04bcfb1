import Glibc
import Platform
import Testing

@testable import Supervisor

@Suite(.serialized) @MainActor struct ServiceManagerTests {
    /// A bound datagram socket in place of the service manager's.
    final class FakeManager {
        private let socket: FileDescriptor
        private let path: String

        init() throws {
            path = "/tmp/notify-\(getpid())-\(RandomID.alphanumerics(8))"
            let raw = Glibc.socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_NONBLOCK.rawValue), 0)
            socket = FileDescriptor(owning: raw)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
            let result = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(raw, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
            try #require(result == 0)
            setenv("NOTIFY_SOCKET", path, 1)
        }

        deinit {
            unsetenv("NOTIFY_SOCKET")
            unlink(path)
        }

        var messages: [String] {
            var all: [String] = []
            var room = [UInt8](repeating: 0, count: 4096)
            while true {
                let count = recv(socket.raw, &room, room.count, 0)
                if count <= 0 { return all }
                all.append(String(decoding: room[..<count], as: UTF8.self))
            }
        }
    }

    @Test func `ready is said once, then its text becomes a status`() throws {
        let fake = try FakeManager()
        let manager = ServiceManager()
        manager.ready(status: "a")
        manager.ready(status: "b")
        manager.stopping()
        #expect(fake.messages == ["READY=1\nSTATUS=a", "STATUS=b", "STOPPING=1\nSTATUS=draining workers"])
    }

    @Test func `a reload carries the monotonic time and ends with ready`() throws {
        let fake = try FakeManager()
        let manager = ServiceManager()
        let before = MonotonicInstant.now.nanoseconds / 1000
        manager.reloading()
        manager.reloaded(status: "serving")
        let messages = fake.messages
        let lines = messages.first?.split(separator: "\n") ?? []
        #expect(lines.first == "RELOADING=1" && messages.last == "READY=1\nSTATUS=serving")
        let time = lines.dropFirst().first.flatMap { UInt64($0.dropFirst("MONOTONIC_USEC=".count)) }
        #expect(try #require(time) >= before)
    }

    @Test func `a socket is kept under its name, and taken back by it`() throws {
        let fake = try FakeManager()
        let manager = ServiceManager()
        let pair = try SocketIO.pair(.sequencedPackets)
        manager.store(pair.first.raw, name: "tunnel")
        manager.forget(name: "tunnel")
        #expect(fake.messages == ["FDSTORE=1\nFDNAME=tunnel", "FDSTOREREMOVE=1\nFDNAME=tunnel"])
    }

    @Test func `pings stop when the database thread does not answer, and go on when it does`() async throws {
        let fake = try FakeManager()
        setenv("WATCHDOG_USEC", "90000", 1)
        setenv("WATCHDOG_PID", "\(getpid())", 1)
        let manager = ServiceManager()
        #expect(manager.watchdogPeriod == .milliseconds(90) && getenv("WATCHDOG_USEC") == nil)
        var held: CheckedContinuation<Void, Never>?
        var isStuck = false
        let watchdog = try #require(
            Watchdog(manager) { if isStuck { await withCheckedContinuation { held = $0 } } })
        watchdog.start()
        try await Task.sleep(for: .milliseconds(200))
        #expect(fake.messages.filter { $0 == "WATCHDOG=1" }.count >= 3)
        isStuck = true
        try await Task.sleep(for: .milliseconds(200))
        _ = fake.messages
        try await Task.sleep(for: .milliseconds(150))
        #expect(fake.messages.isEmpty)
        isStuck = false
        held?.resume()
        try await Task.sleep(for: .milliseconds(100))
        #expect(!fake.messages.isEmpty)
    }

    @Test func `a watchdog meant for another process is none`() {
        setenv("WATCHDOG_USEC", "90000", 1)
        setenv("WATCHDOG_PID", "1", 1)
        #expect(ServiceManager().watchdogPeriod == nil)
    }
}
