import HTTP
import Platform
import Translation
import Transport

/// One piece of remote media on its way: redirects followed by hand, size and time bounded.
final class MediaDownload {
    enum Failure: Error {
        /// Not reached, or it must not be: the client cannot tell, so that nobody explores a network by it.
        case unreachable
        case status(Int)
        case tooLarge
        case tooSlow
        case tooManyRedirects
        case unknownType
        /// The exchange was stopped, or has no room for more.
        case ended(GenerationEnd)
    }

    static let sizeMaxBytes = 20 * 1024 * 1024
    static let redirectsMax = 3
    static let timeLimit = Duration.seconds(15)

    private static let fields: [(name: String, value: String)] = [
        ("User-Agent", "antigravity-gateway/\(ProductVersion.text)"), ("Accept", "*/*"),
        ("Accept-Encoding", "identity"), ("Connection", "close"),
    ]

    private let media: RemoteMedia
    private let exchange: Exchange
    private let control: ExchangeControl
    private var isTooSlow = false
    private var heldBytes = 0

    init(_ media: RemoteMedia, for exchange: Exchange, control: ExchangeControl) {
        self.media = media
        self.exchange = exchange
        self.control = control
    }

    func run() async throws(Failure) -> Media {
        let timer = LoopTimer { [unowned self] in
            isTooSlow = true
            control.stop(.unwanted)
        }
        timer.set(after: Self.timeLimit)
        defer { timer.cancel() }
        var url = media.source.url
        for _ in 0...Self.redirectsMax {
            guard control.stop == nil else { throw failure(.cancelled) }
            let answer = try await ask(url)
            switch answer {
            case .found(let media): return media
            case .elsewhere(let next): url = next
            }
        }
        throw .tooManyRedirects
    }

    private enum Answer {
        case found(Media)
        case elsewhere(HTTPURL)
    }

    private func ask(_ url: HTTPURL) async throws(Failure) -> Answer {
        let clients = exchange.client.context.mediaClients
        let transfer = clients.client(for: url, by: exchange.snapshot.document).start(
            ClientRequest(method: .get, url: url, fields: Self.fields))
        control.attach(transfer)
        defer {
            control.attach(nil)
            transfer.cancel()
        }
        let head: ResponseHead
        do throws(ClientError) { head = try await transfer.head() } catch { throw failure(error) }
        switch head.status {
        case 200: return .found(try await content(of: transfer, head))
        case 301, 302, 303, 307, 308:
            guard let next = head.fields["location"].flatMap(url.resolving) else { throw .unreachable }
            return .elsewhere(next)
        default: throw .status(head.status)
        }
    }

    private func content(of transfer: ClientExchange, _ head: ResponseHead) async throws(Failure) -> Media {
        guard head.fields["content-encoding"].map({ $0.lowercased() == "identity" }) ?? true else { throw .unknownType }
        if let size = head.fields["content-length"].flatMap({ Int($0) }) { try hold(size) }
        var bytes: [UInt8] = []
        do throws(ClientError) {
            while try await transfer.read(into: &bytes), bytes.count <= Self.sizeMaxBytes, hasRoom(bytes.count) {}
        } catch {
            throw failure(error)
        }
        try hold(bytes.count)
        guard let found = media.source.media(bytes, type: head.fields["content-type"]) else { throw .unknownType }
        return found
    }

    private func hasRoom(_ byteCount: Int) -> Bool {
        do throws(Failure) { try hold(byteCount) } catch { return false }
        return true
    }

    /// Takes room for what so many bytes become in base64.
    private func hold(_ byteCount: Int) throws(Failure) {
        guard byteCount <= Self.sizeMaxBytes else { throw .tooLarge }
        let size = (byteCount + 2) / 3 * 4
        guard size > heldBytes else { return }
        do throws(GenerationEnd) {
            try exchange.reserveBody(exchange.reservedBytes + size - heldBytes)
        } catch {
            throw .ended(error)
        }
        heldBytes = size
    }

    private func failure(_ error: ClientError) -> Failure {
        if isTooSlow || error == .timeout { return .tooSlow }
        if let stop = control.stop { return .ended(.stopped(stop)) }
        return .unreachable
    }
}
