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
            events { worker_connections 256; }
            http {
                access_log off;
                client_body_temp_path \(folder.path)/b; proxy_temp_path \(folder.path)/p;
                fastcgi_temp_path \(folder.path)/f; uwsgi_temp_path \(folder.path)/u; scgi_temp_path \(folder.path)/s;
                server {
                    listen 127.0.0.1:\(port) ssl http2; server_name localhost;
                    ssl_certificate \(authority); ssl_certificate_key \(folder.path)/key.pem;
                    location = /protocol { return 200 $server_protocol; }
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
