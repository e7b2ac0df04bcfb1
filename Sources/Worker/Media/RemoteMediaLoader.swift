import APIErrors
import HTTP
import Translation

/// Brings the media that a request names by address, before its first attempt: some at a time, each once.
///
/// The first that cannot be had ends the request with a 400 that names the member and the host, and nothing else of the address.
final class RemoteMediaLoader {
    /// Different addresses in one request.
    static let countMax = 20
    static let concurrentMax = 4

    private let exchange: Exchange
    private var waiting: ArraySlice<RemoteMedia> = []
    private var found: [RemoteMedia.Source: Media] = [:]
    private var end: GenerationEnd?

    init(_ exchange: Exchange) { self.exchange = exchange }

    /// - Parameter remote: different ones, in the order of the request.
    func load(_ remote: [RemoteMedia]) async throws(GenerationEnd) -> [RemoteMedia.Source: Media] {
        if let refusal = refusal(of: remote) { throw .failed(refusal) }
        waiting = remote[...]
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<Self.concurrentMax { begin(in: &group) }
            while await group.next() != nil { begin(in: &group) }
        }
        if let end { throw end }
        return found
    }

    private func refusal(of remote: [RemoteMedia]) -> APIFailure? {
        guard exchange.snapshot.document.remoteMedia.isEnabled else {
            return remote.first.map { $0.refusal("is not fetched: media by address is switched off, send the data") }
        }
        guard remote.count > Self.countMax else { return nil }
        return remote[Self.countMax].refusal("is one too many: \(Self.countMax) addresses are taken")
    }

    private func begin(in group: inout TaskGroup<Void>) {
        guard end == nil, let media = waiting.popFirst() else { return }
        let work: @MainActor @Sendable () async -> Void = { await self.bring(media) }
        group.addTask(operation: work)
    }

    private func bring(_ media: RemoteMedia) async {
        let control = exchange.client.control.branch()
        defer { exchange.client.control.join(control) }
        do throws(MediaDownload.Failure) {
            found[media.source] = try await MediaDownload(media, for: exchange, control: control).run()
        } catch {
            guard end == nil else { return }
            end = media.end(error)
            exchange.client.control.stopChoices(.unwanted)
        }
    }
}

extension RemoteMedia {
    fileprivate func refusal(_ reason: String) -> APIFailure {
        .badRequest("\(path): the address at \(source.url.authority) \(reason)", param: path)
    }

    fileprivate func end(_ failure: MediaDownload.Failure) -> GenerationEnd {
        switch failure {
        case .unreachable: .failed(refusal("cannot be fetched"))
        case .status(let status): .failed(refusal("cannot be fetched: it was answered with status \(status)"))
        case .tooLarge: .failed(refusal("holds more than \(MediaDownload.sizeMaxBytes >> 20) MiB"))
        case .tooSlow:
            .failed(refusal("did not answer completely within \(MediaDownload.timeLimit.components.seconds) s"))
        case .tooManyRedirects: .failed(refusal("leads elsewhere more than \(MediaDownload.redirectsMax) times"))
        case .unknownType: .failed(refusal("holds nothing that models take here"))
        case .ended(let end): end
        }
    }
}
