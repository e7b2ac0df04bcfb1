import Glibc
import HTTP
import Platform
import Transport

/// Fetches cloudflared because the operator asked for it, and takes it only if it has the digest that he named.
final class CloudflaredInstaller {
    /// For everything: addresses, redirections, bytes.
    static let limit = Duration.seconds(120)
    static let sizeMaxBytes = 100 << 20
    static let redirectsMax = 5

    enum Failure: Error, Equatable, Sendable {
        /// There is no program for this machine, which `uname -m` calls so.
        case machine(String)
        case download(String)
        case noRoom
    }

    private let finder: CloudflaredFinder
    /// One at a time, whatever is asked for: there is one place for the program.
    private let flight = SingleFlight<String, Result<Void, Failure>>()
    private var exchange: ClientExchange?
    private var isTooLate = false

    init(finder: CloudflaredFinder) { self.finder = finder }

    /// Fetches, checks, tries and puts in place.
    ///
    /// - Parameter options: how servers are reached.
    func install(_ release: CloudflaredRelease, options: ClientOptions, userAgent: String) async throws(Failure) {
        let result = await flight.value(for: finder.installedPath) { [self] in
            do throws(Failure) {
                return .success(try await fetch(release, HTTPClient(options: options), userAgent))
            } catch { return .failure(error) }
        }
        try result.get()
    }

    /// Ends what is under way.
    func cancel() { exchange?.cancel() }

    private func fetch(
        _ release: CloudflaredRelease, _ client: HTTPClient, _ userAgent: String
    ) async throws(Failure) {
        let machine = Self.machine
        guard let asset = CloudflaredRelease.asset(machine: machine) else { throw .machine(machine) }
        guard let url = release.url(asset: asset) else { throw .download("the address of the release is no address") }
        isTooLate = false
        let timer = LoopTimer { [self] in
            isTooLate = true
            exchange?.cancel()
        }
        timer.set(after: Self.limit)
        defer { timer.cancel() }
        let file = DownloadedFile(path: finder.installedPath)
        do throws(Failure) {
            try await download(url, client, userAgent, to: file)
            try await check(file, release)
        } catch {
            await file.discard()
            throw error
        }
        finder.forget()
        Log.notice(
            "tunnel-installed", "cloudflared was installed", ["version": release.version, "sha256": release.sha256])
    }

    private func download(
        _ start: HTTPURL, _ client: HTTPClient, _ userAgent: String, to file: DownloadedFile
    ) async throws(Failure) {
        var url = start
        for _ in 0...Self.redirectsMax {
            let exchange = client.start(
                ClientRequest(
                    method: .get, url: url.text, fields: [(name: "User-Agent", value: userAgent)]))
            self.exchange = exchange
            defer { exchange.cancel() }
            let status: Int
            do throws(ClientError) { status = try await exchange.head().status } catch { throw .download(words(error)) }
            if (301...308).contains(status), let place = exchange.field("Location") {
                // Not from the safe way to one that anybody can change.
                guard let next = url.resolving(place), next.isSecure || !url.isSecure else {
                    throw .download("the server leads to an address that is not taken")
                }
                url = next
                continue
            }
            guard status == 200 else { throw .download("the server answers \(status)") }
            return try await copy(exchange, to: file)
        }
        throw .download("the server leads from one address to another too often")
    }

    private func copy(_ exchange: ClientExchange, to file: DownloadedFile) async throws(Failure) {
        var count = 0
        while true {
            var bytes: [UInt8] = []
            do throws(ClientError) {
                guard try await exchange.read(into: &bytes) else { return }
            } catch { throw .download(words(error)) }
            count += bytes.count
            guard count <= Self.sizeMaxBytes else {
                throw .download("the program has more than \(Self.sizeMaxBytes) bytes")
            }
            do throws(SystemError) { try await file.append(bytes) } catch { throw Self.failure(error) }
        }
    }

    /// Only what has the right digest is ever started.
    private func check(_ file: DownloadedFile, _ release: CloudflaredRelease) async throws(Failure) {
        let digest: String
        do throws(SystemError) { digest = try await file.finish() } catch { throw Self.failure(error) }
        guard digest == release.sha256.lowercased() else {
            throw .download("the program does not have the SHA-256 of gateway.tunnel.sha256")
        }
        guard await finder.version(of: file.temporaryPath) != nil else {
            throw .download("the program does not run on this machine")
        }
        do throws(SystemError) { try await file.publish() } catch { throw Self.failure(error) }
    }

    private func words(_ error: ClientError) -> String {
        isTooLate
            ? "the download took more than \(Self.limit.components.seconds) s"
            : "the server cannot be reached: \(error)"
    }

    private static func failure(_ error: SystemError) -> Failure {
        DiskReserve.isNoRoom(error.errno) ? .noRoom : .download("the program cannot be stored: \(error)")
    }

    private static var machine: String {
        var facts = utsname()
        guard uname(&facts) == 0 else { return "unknown" }
        return withUnsafeBytes(of: facts.machine) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
