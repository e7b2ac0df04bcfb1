import Glibc
import Testing

@testable import Platform

@MainActor @Suite struct ChildOutputTests {
    private func start(
        _ command: String, path: String = "/bin/sh", to output: ChildOutput
    ) throws(SystemError) -> ChildProcess {
        let child = try ChildProcess.spawn(
            .path(path), arguments: ["sh", "-c", command], environment: ["PATH=/usr/bin:/bin"],
            descriptors: [(output.childEnd, 1)], newSession: true)
        try output.begin()
        return child
    }

    @Test func `a flood is read in bounded pieces, to the last byte, and stops nobody`() async throws {
        let notes = Notes()
        var sizes: [Int] = []
        let output = try ChildOutput { sizes.append($0.count) }
        let child = try start("head -c 3000000 /dev/zero", to: output)
        child.onExit = { _ in notes.lines.append("exit") }
        await notes.wait(for: 1)
        output.finish()
        #expect(sizes.reduce(0, +) == 3_000_000 && child.exitStatus == .exited(code: 0))
        #expect(sizes.allSatisfy { (1...ChildOutput.turnSizeMaxBytes).contains($0) })
    }

    @Test func `who has inherited the pipe is not waited for`() async throws {
        let notes = Notes()
        var text = ""
        let output = try ChildOutput { text += String(decoding: $0, as: UTF8.self) }
        let child = try start("echo said; sleep 60 & exit 3", to: output)
        child.onExit = { _ in notes.lines.append("exit") }
        await notes.wait(for: 1)
        output.finish()
        #expect(text == "said\n" && child.exitStatus == .exited(code: 3))
        _ = kill(-child.pid, SIGKILL)
    }

    @Test func `a script is started by its path, and a path without a program is known at once`() async throws {
        let path = "/tmp/script-\(getpid())-\(RandomID.alphanumerics(8))"
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o700)
        let script = Array("#!/bin/sh\necho \"$0 $1\"\n".utf8)
        #expect(write(file, script, script.count) == script.count)
        close(file)
        defer { unlink(path) }
        let notes = Notes()
        var text = ""
        let output = try ChildOutput { text += String(decoding: $0, as: UTF8.self) }
        let child = try start("", path: path, to: output)
        child.onExit = { _ in notes.lines.append("exit") }
        await notes.wait(for: 1)
        output.finish()
        #expect(text == "\(path) -c\n")
        #expect(throws: SystemError(call: "execve", errno: ENOENT)) {
            _ = try ChildProcess.spawn(.path(path + "-none"), arguments: ["x"], environment: [])
        }
    }

    @Test func `the end of a process that is no child is noticed, and a signal reaches it`() async throws {
        let notes = Notes()
        let output = try ChildOutput { _ in }
        let child = try start("exec sleep 60", to: output)
        let foreign = ForeignProcess(try child.pidfd.duplicate())
        try foreign.whenEnded { notes.lines.append("ended") }
        foreign.kill(SIGTERM)
        await notes.wait(for: 1)
        #expect(notes.lines == ["ended"])
        foreign.kill(SIGTERM)  // nothing is there any more
    }
}
