import APIErrors
import HTTP

/// Media that a client names by address. Whoever serves the request brings them before it is written for an upstream.
public struct RemoteMedia: Sendable, Hashable {
    /// What is brought once, however often a request names it.
    public struct Source: Sendable, Hashable {
        public let url: HTTPURL
        /// It stands where only a picture may; else documents, sounds and videos are taken too.
        let isPicture: Bool

        /// What was found at the address, as media.
        ///
        /// - Parameter type: the `Content-Type` of the answer. It counts if models take it, else the first bytes do.
        /// - Returns: nil if it is nothing that models take here.
        public func media(_ bytes: [UInt8], type: String?) -> Media? {
            let data = Base64Text(owned: Base64.encode(bytes))
            let declared = type.map { $0.prefix { $0 != ";" }.lowercased().filter { $0 != " " && $0 != "\t" } } ?? ""
            guard !bytes.isEmpty, let type = takenType(declared) ?? MediaType.sniff(data).flatMap(takenType) else {
                return nil
            }
            return Media(mimeType: type, data: data)
        }

        private func takenType(_ type: String) -> String? {
            MediaType.ofImage(named: type) ?? (isPicture ? nil : MediaType.ofRemoteFile(named: type))
        }
    }

    public let source: Source
    /// The member of the client's body that holds the address.
    public let path: String

    init(_ url: HTTPURL, isPicture: Bool, path: String) {
        source = Source(url: url, isPicture: isPicture)
        self.path = path
    }
}

extension GenerationRequest {
    /// What is to be brought, in the order of the conversation, each source once.
    public var remoteMedia: [RemoteMedia] {
        var found: [RemoteMedia] = []
        func add(_ media: Media) {
            guard let remote = media.data.remote, !found.contains(where: { $0.source == remote.source }) else { return }
            found.append(remote)
        }
        func addAll(of turns: [Turn]) {
            for turn in turns {
                for part in turn.parts {
                    switch part {
                    case .media(let media): add(media)
                    case .toolResult(let result): result.media.forEach(add)
                    case .text, .thinking, .toolCall, .native: break
                    }
                }
            }
        }
        addAll(of: self.turns)
        self.prompts.forEach(addAll)
        return found
    }

    /// Puts what was brought where it is named.
    ///
    /// - Throws: a 413 if it is more than one request may carry upstream.
    public mutating func place(_ found: [RemoteMedia.Source: Media]) throws(APIFailure) {
        var limit = InlineLimit()
        try Self.place(found, in: &self.turns, &limit)
        for index in self.prompts.indices { try Self.place(found, in: &self.prompts[index], &limit) }
    }

    private static func place(
        _ found: [RemoteMedia.Source: Media], in turns: inout [Turn], _ limit: inout InlineLimit
    ) throws(APIFailure) {
        for turn in turns.indices {
            for index in turns[turn].parts.indices {
                switch turns[turn].parts[index] {
                case .media(let media):
                    guard let brought = try brought(media, found, &limit) else { continue }
                    turns[turn].parts[index] = .media(brought)
                case .toolResult(var result):
                    for place in result.media.indices {
                        guard let brought = try brought(result.media[place], found, &limit) else { continue }
                        result.media[place] = brought
                        turns[turn].parts[index] = .toolResult(result)
                    }
                case .text, .thinking, .toolCall, .native: break
                }
            }
        }
    }

    private static func brought(
        _ media: Media, _ found: [RemoteMedia.Source: Media], _ limit: inout InlineLimit
    ) throws(APIFailure) -> Media? {
        guard let remote = media.data.remote, let brought = found[remote.source] else { return nil }
        try limit.add(brought, param: remote.path)
        return brought
    }
}
