import Foundation
import HTTP
import Platform
import Testing

@testable import Transport

/// The client against Debian's nginx as a real TLS server, with an authority made for the run.
@MainActor @Suite(.timeLimit(.minutes(1)), .enabled(if: TLSFront.isPossible, "nginx and openssl are not installed"))
struct TLSFrontTests {
    @Test(arguments: [false, true])
    func `answers come over TLS, with the protocol that the setting names`(http2: Bool) async throws {
        let front = try await TLSFront.start()
        defer { front.stop() }
        let client = HTTPClient(options: ClientOptions(caFile: front.authority, http2: http2))
        for _ in 0..<3 {
            let exchange = client.start(ClientRequest(method: .get, url: "\(front.base)/protocol"))
            #expect(try await exchange.head().status == 200)
            let text = String(decoding: try await exchange.collect(sizeMaxBytes: 100), as: UTF8.self)
            #expect(text == (http2 ? "HTTP/2.0" : "HTTP/1.1"))
        }
        client.shutdown()
    }

    @Test func `a large answer over TLS comes whole`() async throws {
        let front = try await TLSFront.start()
        defer { front.stop() }
        let client = HTTPClient(options: ClientOptions(caFile: front.authority))
        let exchange = client.start(ClientRequest(method: .get, url: "\(front.base)/large"))
        #expect(try await exchange.collect(sizeMaxBytes: TLSFront.largeSize).count == TLSFront.largeSize)
        client.shutdown()
    }

    @Test func `a connection with TLS is used again, and the next ones beside it`() async throws {
        let front = try await TLSFront.start()
        defer { front.stop() }
        let client = HTTPClient(options: ClientOptions(caFile: front.authority))
        for round in 0..<2 {
            // More than one of libcurl's multi handles.
            let exchanges = (0..<ClientOptions.connectionsPerMultiMax + 12).map { _ in
                client.start(ClientRequest(method: .get, url: "\(front.base)/connection"))
            }
            var uses: [Int] = []
            for exchange in exchanges {
                let text = String(decoding: try await exchange.collect(sizeMaxBytes: 100), as: UTF8.self)
                uses.append(Int(text) ?? 0)
            }
            #expect(uses.allSatisfy { $0 == round + 1 }, "\(uses)")
        }
        #expect(client.idleCount == ClientOptions.connectionsPerMultiMax + 12)
        client.shutdown()
    }

    @Test func `a kept connection with TLS that the server closes leaves the pool`() async throws {
        let front = try await TLSFront.start()
        let client = HTTPClient(options: ClientOptions(caFile: front.authority))
        let exchange = client.start(ClientRequest(method: .get, url: "\(front.base)/protocol"))
        _ = try await exchange.collect(sizeMaxBytes: 100)
        try await Task.sleep(for: .milliseconds(50))
        #expect(client.idleCount == 1, "session tickets after the answer are no reason to close")
        front.stop()
        for _ in 0..<200 where client.idleCount > 0 { try await Task.sleep(for: .milliseconds(10)) }
        #expect(client.idleCount == 0)
        client.shutdown()
    }

    @Test(arguments: [100, 300_000])
    func `a body goes out whole over TLS`(size: Int) async throws {
        let front = try await TLSFront.start()
        defer { front.stop() }
        let client = HTTPClient(options: ClientOptions(caFile: front.authority))
        let body = [UInt8](repeating: 0x62, count: size)
        let exchange = client.start(ClientRequest(method: .post, url: "\(front.base)/size", body: body))
        let text = String(decoding: try await exchange.collect(sizeMaxBytes: 100), as: UTF8.self)
        #expect(text == "\(size)")
        client.shutdown()
    }

    @Test func `a reader that does not read over TLS gets every byte when it does`() async throws {
        let front = try await TLSFront.start()
        defer { front.stop() }
        let client = HTTPClient(options: ClientOptions(caFile: front.authority))
        let exchange = client.start(ClientRequest(method: .get, url: "\(front.base)/large"))
        _ = try await exchange.head()
        try await Task.sleep(for: .milliseconds(100))
        #expect(exchange.received.count < 2 * client.options.unreadMaxBytes)
        #expect(try await exchange.collect(sizeMaxBytes: TLSFront.largeSize).count == TLSFront.largeSize)
        client.shutdown()
    }

    @Test func `clear text to a server that expects TLS, and TLS to one that has none, are errors`() async throws {
        let front = try await TLSFront.start()
        defer { front.stop() }
        let client = HTTPClient(options: ClientOptions(caFile: front.authority))
        let clear = front.base.replacingOccurrences(of: "https", with: "http")
        #expect(try await client.start(ClientRequest(method: .get, url: clear)).head().status == 400)
        let listener = try Listener(bindingTCP: "127.0.0.1", port: 0)
        try listener.start { socket, _ in SocketIO.shutdownBoth(socket.raw) }
        let wrong = "https://127.0.0.1:\(listener.port)"
        await #expect(throws: ClientError.tls) {
            _ = try await client.start(ClientRequest(method: .get, url: wrong)).head()
        }
        client.shutdown()
        listener.stop()
    }

    @Test func `a server signed by an unknown authority is refused`() async throws {
        let front = try await TLSFront.start()
        defer { front.stop() }
        let client = HTTPClient()
        await #expect(throws: ClientError.tls) {
            _ = try await client.start(ClientRequest(method: .get, url: "\(front.base)/protocol")).head()
        }
        client.shutdown()
    }
}

/// An nginx with a certificate of its own on a free port.
@MainActor final class TLSFront {
    nonisolated static let isPossible =
        ["/usr/sbin/nginx", "/usr/bin/openssl"].allSatisfy { FileManager.default.isExecutableFile(atPath: $0) }
    nonisolated static let largeSize = 8 << 20

    let authority: String
    let base: String
    private let folder: URL
    private let nginx: Process

    static func start() async throws -> TLSFront {
        let front = try TLSFront()
        for _ in 0..<500 {
            if front.isListening { return front }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw SystemError(call: "nginx", errno: 110)
    }

    private init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "tls-front-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let probe = try Listener(bindingTCP: "127.0.0.1", port: 0)
        let port = probe.port
        probe.stop()
        base = "https://localhost:\(port)"
        authority = folder.appending(path: "cert.pem").path
        try Self.run(
            "/usr/bin/openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout",
                folder.appending(path: "key.pem").path, "-out", authority,
            ])
        try Data(repeating: 0x61, count: Self.largeSize).write(to: folder.appending(path: "large"))
        let configuration = """
            daemon off; master_process off; pid \(folder.path)/pid; error_log \(folder.path)/error.log;
            events { worker_connections 512; }
            http {
                access_log off;
                client_body_temp_path \(folder.path)/b; proxy_temp_path \(folder.path)/p;
                fastcgi_temp_path \(folder.path)/f; uwsgi_temp_path \(folder.path)/u; scgi_temp_path \(folder.path)/s;
                server { listen unix:\(folder.path)/inner; location / { return 200 $content_length; } }
                server {
                    listen 127.0.0.1:\(port) ssl http2; server_name localhost;
                    ssl_certificate \(authority); ssl_certificate_key \(folder.path)/key.pem;
                    location = /protocol { return 200 $server_protocol; }
                    location = /connection { return 200 $connection_requests; }
                    location = /size { client_max_body_size 1g; proxy_pass http://unix:\(folder.path)/inner; }
                    location = /large { root \(folder.path); }
                }
            }
            """
        let file = folder.appending(path: "nginx.conf")
        try configuration.write(to: file, atomically: true, encoding: .utf8)
        nginx = Process()
        nginx.executableURL = URL(filePath: "/usr/sbin/nginx")
        nginx.arguments = ["-p", folder.path, "-c", file.path]
        nginx.standardError = FileHandle.nullDevice
        try nginx.run()
    }

    func stop() {
        nginx.terminate()
        // Left-overs in the temporary folder do no harm.
        try? FileManager.default.removeItem(at: folder)
    }

    private var isListening: Bool {
        FileManager.default.fileExists(atPath: folder.appending(path: "pid").path)
    }

    private static func run(_ program: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
    }
}
