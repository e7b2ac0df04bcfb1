import Glibc
import Platform

/// A server that answers every request on a connection with the next of its scripted answers, byte for byte.
@MainActor final class ScriptedServer {
    enum Step: Sendable {
        case bytes([UInt8])
        case pause(Duration)
        /// FIN, then close.
        case close
        /// Writes this many bytes as fast as the client takes them.
        case flood(Int)
    }

    private let listener: Listener
    private var scripts: [[Step]]
    private(set) var connectionCount = 0
    private(set) var requests: [String] = []
    private(set) var floodedBytes = 0
    /// Answers when the head has come, whatever of the body has.
    var answersAtHead = false
    /// Set when a client ended its connection.
    private(set) var clientsGone = 0

    var port: UInt16 { listener.port }
    var base: String { "http://127.0.0.1:\(port)" }

    init(_ scripts: [[Step]]) throws {
        self.scripts = scripts
        listener = try Listener(bindingTCP: "127.0.0.1", port: 0)
        try listener.start { [unowned self] socket, _ in
            connectionCount += 1
            let raw = socket.release()
            Task { await serve(FileDescriptor(owning: raw)) }
        }
    }

    func stop() { listener.stop() }

    private func serve(_ socket: consuming FileDescriptor) async {
        let wire = Wire(socket)
        while let request = await wire.readRequest(headOnly: answersAtHead) {
            requests.append(request)
            let script = scripts.isEmpty ? [] : scripts.removeFirst()
            for step in script {
                switch step {
                case .bytes(let bytes): guard await wire.write(bytes) else { return note() }
                case .pause(let time): try? await Task.sleep(for: time)  // never cancelled here
                case .close: return wire.close()
                case .flood(let count):
                    let block = [UInt8](repeating: 0x61, count: 16384)
                    var left = count
                    while left > 0 {
                        guard await wire.write(Array(block.prefix(left))) else { return note() }
                        left -= min(left, block.count)
                        floodedBytes = count - left
                    }
                }
            }
        }
        note()
    }

    private func note() { clientsGone += 1 }
}

/// One accepted connection of the scripted server.
@MainActor private final class Wire {
    private let raw: CInt
    private var watch: DescriptorWatch?
    private var waiter: CheckedContinuation<Void, Never>?
    private var pending: [UInt8] = []
    private var wanted = 0

    init(_ socket: consuming FileDescriptor) {
        raw = socket.release()
        watch = try? DescriptorWatch(raw, interest: [.readable, .writable, .peerClosed], mode: .edge) {
            [unowned self] _ in
            if let waiter {
                self.waiter = nil
                waiter.resume()
            }
        }
    }

    /// The head and the body of one request as text; nil when the client has gone.
    func readRequest(headOnly: Bool) async -> String? {
        while true {
            if let request = takeRequest(headOnly: headOnly) { return request }
            var block = [UInt8](repeating: 0, count: 65536)
            let result = try? block.withUnsafeMutableBytes { try SocketIO.receive(raw, into: $0) }
            switch result {
            case .bytes(let count): pending += block.prefix(count)
            case .wouldBlock: await withCheckedContinuation { waiter = $0 }
            case .end, nil:
                close()
                return nil
            }
        }
    }

    private func takeRequest(headOnly: Bool) -> String? {
        // Only once enough has come: looking through a long body for each piece of it would take minutes.
        guard pending.count >= wanted else { return nil }
        let text = String(decoding: pending, as: UTF8.self)
        guard let end = text.firstRange(of: "\r\n\r\n") else { return nil }
        var length = 0
        for line in text[..<end.lowerBound].split(separator: "\r\n")
        where !headOnly && line.lowercased().hasPrefix("content-length:") {
            length = Int(line.split(separator: " ")[1]) ?? 0
        }
        let headCount = text[..<end.upperBound].utf8.count
        wanted = headCount + length
        guard pending.count >= wanted else { return nil }
        wanted = 0
        let request = String(decoding: pending.prefix(headCount + length), as: UTF8.self)
        pending.removeFirst(headCount + length)
        return request
    }

    /// False when the client has gone.
    func write(_ bytes: [UInt8]) async -> Bool {
        var sent = 0
        while sent < bytes.count {
            let result = try? bytes.withUnsafeBytes {
                try SocketIO.send(raw, UnsafeRawBufferPointer(rebasing: $0[sent...]))
            }
            switch result {
            case .bytes(let count): sent += count
            case .wouldBlock: await withCheckedContinuation { waiter = $0 }
            case .end, nil:
                close()
                return false
            }
        }
        return true
    }

    func close() {
        guard let watch else { return }
        watch.cancel()
        self.watch = nil
        _ = FileDescriptor(owning: raw)
    }
}
