import Glibc
import HTTP
import JSON
import Platform

/// One call of the admin API through the control socket. Blocks.
nonisolated struct OperatorCall {
    /// Sockets to try, in order.
    let sockets: [String]
    var limit = Duration.seconds(20)

    /// A copy of the state is the largest.
    static let answerSizeMaxBytes = StateArchive.imageSizeMaxBytes

    struct Answer {
        let status: Int
        let body: [UInt8]

        var json: JSONValue? { try? JSONValue(parsing: body) }  // what is no JSON has no members
    }

    enum Failure: Error, Equatable {
        case notRunning
        case notPermitted(path: String)
        case busy
        case broken(String)

        var exitCode: Int32 {
            switch self {
            case .notRunning: ExitCode.notRunning
            case .notPermitted: ExitCode.notPermitted
            case .busy: ExitCode.busy
            case .broken: ExitCode.failed
            }
        }

        var text: String {
            switch self {
            case .notRunning: "the gateway does not run, or its control socket is elsewhere (--socket)"
            case .notPermitted(let path): "no permission for \(path): run it as the gateway's user or as root"
            case .busy: "the gateway does not answer in time"
            case .broken(let what): "the gateway's answer cannot be read: \(what)"
            }
        }
    }

    /// The whole answer.
    func callAsFunction(_ method: String, _ path: String) throws(Failure) -> Answer {
        let bytes = try ask(method, path) { (stream) throws(SystemError) in
            try stream.readToEnd(sizeMaxBytes: Self.answerSizeMaxBytes)
        }
        return try read(bytes, method)
    }

    /// An answer that goes on: every line of its body as it comes, until the gateway ends it. Its heartbeats must come
    /// within the limit.
    func follow(_ path: String, _ line: (String) -> Void) throws(Failure) {
        var reader = ResponseReader(answering: .get)
        var body: [UInt8] = []
        var refusal: Failure?
        try ask("GET", path) { (stream) throws(SystemError) in
            while refusal == nil, let bytes = try stream.read() {
                refusal = Self.take(bytes, &reader, &body)
                guard refusal == nil else { return }
                while let end = body.firstIndex(of: UInt8(ascii: "\n")) {
                    line(String(decoding: body[..<end], as: UTF8.self))
                    body.removeFirst(end + 1)
                }
                if body.count > Self.lineSizeMaxBytes { refusal = .broken("a line is too long") }
            }
        }
        if let refusal { throw refusal }
    }

    static let lineSizeMaxBytes = 1 << 20

    private static func take(_ bytes: [UInt8], _ reader: inout ResponseReader, _ body: inout [UInt8]) -> Failure? {
        do throws(HTTPRefusal.Reason) {
            _ = try bytes.withUnsafeBufferPointer { (bytes) throws(HTTPRefusal.Reason) in
                try reader.take(UnsafeRawBufferPointer(bytes), into: &body)
            }
        } catch {
            return .broken(error.text)
        }
        guard let head = reader.head, head.status != 200 else { return nil }
        return .broken("it is \(head.status)")
    }

    /// Sends a request to the first socket that somebody listens at, and reads with `read`.
    private func ask<T>(
        _ method: String, _ path: String, _ read: (borrowing LocalStream) throws(SystemError) -> T
    ) throws(Failure) -> T {
        var failure = Failure.notRunning
        for socket in sockets {
            do throws(SystemError) {
                let stream = try LocalStream(connectingTo: socket, limit: limit)
                let length = method == "POST" ? "Content-Length: 0\r\n" : ""
                try stream.send(
                    Array("\(method) \(path) HTTP/1.1\r\nHost: localhost\r\n\(length)Connection: close\r\n\r\n".utf8))
                return try read(stream)
            } catch {
                switch Self.failure(error, socket) {
                case .notRunning: continue
                case .notPermitted(let path): failure = .notPermitted(path: path)
                case let other: throw other
                }
            }
        }
        throw failure
    }

    private static func failure(_ error: SystemError, _ socket: String) -> Failure {
        switch error.errno {
        case ENOENT, ECONNREFUSED, ENOTDIR, ENAMETOOLONG: .notRunning
        // The gateway hangs up on a peer that the kernel does not name as one of its own.
        case EACCES, EPERM, EPIPE, ECONNRESET: .notPermitted(path: socket)
        case EAGAIN, ETIMEDOUT: .busy
        default: .broken("\(error)")
        }
    }

    private func read(_ bytes: [UInt8], _ method: String) throws(Failure) -> Answer {
        guard !bytes.isEmpty else { throw .notPermitted(path: sockets.joined(separator: ", ")) }
        var reader = ResponseReader(answering: method == "POST" ? .post : .get)
        var body: [UInt8] = []
        do throws(HTTPRefusal.Reason) {
            _ = try bytes.withUnsafeBufferPointer { (bytes) throws(HTTPRefusal.Reason) in
                try reader.take(UnsafeRawBufferPointer(bytes), into: &body)
            }
        } catch {
            throw .broken(error.text)
        }
        guard let head = reader.head, reader.mayEndHere else { throw .broken("it is cut off") }
        return Answer(status: head.status, body: body)
    }
}
