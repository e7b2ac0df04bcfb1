import JSON

/// Makes one thought of the pieces in which a stream brought it, for clients that give every part back as it came: Google's
/// own keep a stream's parts one by one, and the signature stands on the last of them, which may have no text.
///
/// Claude takes a thought whole or not at all (Anthropic, "Extended thinking": blocks go back unmodified).
enum WholeThoughts {
    /// The same turns, with the pieces of each thought in the place of its last one.
    static func joined(_ turns: [Turn]) -> [Turn] {
        var joined: [Turn] = []
        joined.reserveCapacity(turns.count)
        var pieces: [Thinking] = []
        for turn in turns {
            // What nobody signed before somebody else spoke is a thought all the same.
            if turn.role == .user, !pieces.isEmpty, let last = joined.indices.last {
                joined[last].parts.append(.thinking(whole(pieces)))
                pieces = []
            }
            var parts: [Turn.Part] = []
            for part in turn.parts {
                if case .thinking(let piece) = part, !piece.isRedacted {
                    pieces.append(piece)
                    guard piece.signature != nil else { continue }
                    parts.append(.thinking(whole(pieces)))
                } else {
                    if !pieces.isEmpty { parts.append(.thinking(whole(pieces))) }
                    parts.append(part)
                }
                pieces = []
            }
            joined.append(Turn(role: turn.role, parts: parts))
        }
        if !pieces.isEmpty { joined[joined.count - 1].parts.append(.thinking(whole(pieces))) }
        return joined
    }

    private static func whole(_ pieces: [Thinking]) -> Thinking {
        guard pieces.count > 1 else { return pieces[0] }
        return Thinking(
            text: JSONString(escaped: pieces.flatMap { $0.text.escaped }), signature: pieces[pieces.count - 1].signature
        )
    }
}

extension GenerationRequest {
    /// The conversation as the model takes it back.
    func history(for model: TargetModel) -> [Turn] {
        self.givesThoughtsInPieces && model.isClaude ? WholeThoughts.joined(self.turns) : self.turns
    }
}
