import Glibc
import Platform
import Testing

@testable import Platform

@MainActor @Suite struct ProcessTests {
    /// Runs a shell command in a child and waits for its end; what it writes to descriptor 5 is returned.
    private func shell(
        _ command: String, environment: [String] = [], newSession: Bool = false
    ) async throws -> (output: String, exit: Platform.ExitStatus?) {
        let pair = try SocketIO.pair(.stream)
        let program = try ExecutableFile.open("/bin/sh")
        let child = try ChildProcess.spawn(
            program.raw, arguments: ["sh", "-c", command], environment: environment,
            descriptors: [(pair.second.raw, 5)], newSession: newSession)
        let notes = Notes()
        child.onExit = { _ in notes.lines.append("exit") }
        await notes.wait(for: 1)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 1)
        defer { buffer.deallocate() }
        guard case .bytes(let count) = try SocketIO.receive(pair.first.raw, into: buffer) else {
            return ("", child.exitStatus)
        }
        return (String(decoding: buffer[..<count], as: UTF8.self), child.exitStatus)
    }

    @Test func `a child gets its arguments, its environment and nothing of ours`() async throws {
        setenv("SECRET_OF_OURS", "1", 1)
        let result = try await shell("echo \"$A:$SECRET_OF_OURS\" >&5; exit 7", environment: ["A=b c"])
        check(result.output, "b c:\n", "output")
        check(result.exit, .exited(code: 7), "exit")
    }

    @Test func `a child has only the mapped descriptors open`() async throws {
        // One without close-on-exec, as a library might leave it.
        let stray = open("/dev/null", O_RDONLY)
        defer { close(stray) }
        let result = try await shell("exec ls /proc/self/fd >&5")
        check(result.output, "0\n1\n2\n3\n5\n", "descriptors; 3 is the folder itself")
    }

    @Test func `mapping may swap numbers and use each source twice`() async throws {
        let files = try ["a", "b"].map { try MemoryFile.writeOnce(name: "x", Array($0.utf8)) }
        let raw = files.map { $0.descriptor.raw }
        let pair = try SocketIO.pair(.stream)
        let program = try ExecutableFile.open("/bin/sh")
        let child = try ChildProcess.spawn(
            program.raw, arguments: ["sh", "-c", "cat /dev/fd/\(raw[0]) /dev/fd/\(raw[1]) /dev/fd/3 >&4"],
            environment: ["PATH=/usr/bin:/bin"],
            descriptors: [(raw[0], raw[1]), (raw[1], raw[0]), (raw[0], 3), (pair.second.raw, 4)])
        let notes = Notes()
        child.onExit = { notes.lines.append("\($0)") }
        await notes.wait(for: 1)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64, alignment: 1)
        defer { buffer.deallocate() }
        check(try SocketIO.receive(pair.first.raw, into: buffer), .bytes(3), "output")
        check(String(decoding: buffer[..<3], as: UTF8.self), "baa", "content")
    }

    @Test func `a child starts with every signal at its default and none blocked`() async throws {
        SignalWatch.ignore([SIGPIPE])
        SignalWatch.block([SIGUSR2])
        let result = try await shell("grep -E 'Sig(Blk|Ign)' /proc/self/status | tr -d '\\n\\t' >&5")
        let masks = result.output.split(separator: "Sig").map { UInt64($0.dropFirst(4), radix: 16) ?? .max }
        // 32 and 33 belong to the threads library, which lets nobody change them.
        check(masks.map { $0 & ~(3 << 31) }, [0, 0], "signals of \(result.output)")
    }

    @Test func `a new session has the child as its leader`() async throws {
        for isNew in [false, true] {
            let result = try await shell(
                "set -- $(cat /proc/$$/stat); test $6 = $$ && echo leader >&5", newSession: isNew)
            check(result.output == "leader\n", isNew, "leader: \(result.output)")
        }
    }

    @Test func `what cannot be executed is known at once`() throws {
        let notAProgram = try MemoryFile.writeOnce(name: "text", Array("no program".utf8))
        let descriptors = ProcessFacts.openDescriptorCount()
        let folder = try ExecutableFile.open("/tmp")
        for raw in [notAProgram.descriptor.raw, folder.raw, 9999] {
            #expect(throws: SystemError.self) {
                _ = try ChildProcess.spawn(raw, arguments: ["x"], environment: [])
            }
        }
        check(ProcessFacts.openDescriptorCount(), descriptors.map { $0 + 1 }, "descriptors")
    }

    @Test func `a kill ends the child and tells the signal`() async throws {
        let program = try ExecutableFile.open("/bin/sh")
        let child = try ChildProcess.spawn(program.raw, arguments: ["sh", "-c", "kill -STOP $$"], environment: [])
        let notes = Notes()
        child.onExit = { notes.lines.append("\($0)") }
        child.kill(SIGKILL)
        await notes.wait(for: 1)
        check(child.exitStatus, .signaled(SIGKILL), "exit")
        child.kill(SIGKILL)
    }

    @Test func `signals arrive as events`() async throws {
        let notes = Notes()
        let watch = try SignalWatch([SIGUSR1, SIGHUP]) { notes.lines.append($0 == SIGHUP ? "HUP" : "USR1") }
        // To this thread: the test runner has others, which do not block them.
        pthread_kill(pthread_self(), SIGUSR1)
        pthread_kill(pthread_self(), SIGHUP)
        await notes.wait(for: 2)
        check(notes.lines.sorted(), ["HUP", "USR1"], "signals")
        watch.cancel()
    }

    @Test func `memory, descriptors and cores are told`() throws {
        check(try #require(ProcessFacts.residentBytes()) > 1 << 20, true, "resident")
        check(ProcessFacts.usableCores() >= 1, true, "cores")
        let before = try #require(ProcessFacts.openDescriptorCount())
        let pair = try SocketIO.pair(.stream)
        check(ProcessFacts.openDescriptorCount(), before + 2, "descriptors")
        check(pair.first.raw >= 0, true, "open")
    }

    nonisolated static let groups: [(membership: String, files: [String: String], quota: Double?, memory: Int?)] = [
        ("0::/a/b\n", [:], nil, nil),
        ("0::/a/b\n", ["/a/b/cpu.max": "150000 100000\n", "/a/memory.max": "1048576\n"], 1.5, 1 << 20),
        ("0::/a/b\n", ["/a/b/cpu.max": "max 100000\n", "/a/cpu.max": "50000 100000\n"], 0.5, nil),
        ("0::/\n", ["/cpu.max": "200000 100000\n", "/memory.max": "max\n"], 2, nil),
        (
            "4:cpu,cpuacct:/x\n2:memory:/y\n0::/\n",
            [
                "/cpu/x/cpu.cfs_quota_us": "300000\n", "/cpu/x/cpu.cfs_period_us": "100000\n",
                "/cpu/cpu.cfs_quota_us": "-1\n", "/memory/y/memory.limit_in_bytes": "2097152\n",
                "/memory/memory.limit_in_bytes": "9223372036854771712\n",
            ], 3, 2 << 20
        ),
        ("garbage\n:::\n", ["/cpu.max": "1 0"], nil, nil),
    ]

    @Test(arguments: groups)
    func `the least limit of a control group and those above it counts`(
        group: (membership: String, files: [String: String], quota: Double?, memory: Int?)
    ) {
        let subject = ControlGroup(membership: group.membership) {
            group.files[String($0.dropFirst(ControlGroup.mount.count))]
        }
        check(subject.cpuQuota(), group.quota, "quota")
        check(subject.memoryLimitBytes(), group.memory, "memory")
    }
}
