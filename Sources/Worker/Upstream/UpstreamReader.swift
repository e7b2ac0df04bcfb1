import HTTP
import Translation

/// Reads the body of one streamed upstream answer: bytes in, hub events out. Nonisolated, so that its closures cost no
/// isolation check per event.
nonisolated struct UpstreamReader {
    /// A line of the stream; an inline image of 20 MiB fits as base64.
    static let lineSizeMaxBytes = 64 * 1024 * 1024

    /// An answer that cannot be read on.
    enum Fault: Error, Sendable, Equatable {
        /// The upstream says so itself; the payload is to be classified.
        case reported([UInt8])
        case malformed(String)
    }

    private(set) var progress: AnswerProgress
    private var parser = ServerSentEventParser(lineSizeMaxBytes: lineSizeMaxBytes)
    private var decoder: any AnswerDecoder
    /// Events that one read brings as a rule: growing room for one after the other would cost more than decoding them.
    private static let eventCount = 8

    init(_ decoder: any AnswerDecoder, purpose: GenerationRequest.Purpose = .conversation) {
        self.decoder = decoder
        progress = AnswerProgress(purpose)
    }

    /// Appends the events of the next bytes. What came before a fault has been appended when it is thrown.
    mutating func take(_ bytes: [UInt8], into events: inout [GenerationEvent]) throws(Fault) {
        let seen = events.count
        if events.capacity == 0 { events.reserveCapacity(Self.eventCount) }
        defer { for event in events[seen...] { progress.observe(event) } }
        do {
            try bytes.withUnsafeBytes { raw in
                try parser.feed(raw) { try decoder.decode($0.data, into: &events) }
            }
        } catch {
            throw Self.fault(error)
        }
    }

    /// The body has ended cleanly: appends what was held back.
    mutating func finish(into events: inout [GenerationEvent]) throws(Fault) {
        let seen = events.count
        defer { for event in events[seen...] { progress.observe(event) } }
        do {
            try parser.finish { try decoder.decode($0.data, into: &events) }
        } catch {
            throw Self.fault(error)
        }
        decoder.finish(into: &events)
    }

    private static func fault(_ error: any Error) -> Fault {
        switch error as? UpstreamAnswerError {
        case .reported(let payload): .reported(payload)
        case .malformed(let reason): .malformed(reason)
        case nil: .malformed("a line of the stream is too long")
        }
    }
}
