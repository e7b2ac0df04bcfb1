import Glibc
import IPC

/// Tokens of requests that are written together: one sum for those of the same second, account and model.
nonisolated struct TokenUses: Sendable {
    struct Use: Sendable, Hashable {
        /// Since 1970.
        var seconds: Int
        var email: String
        /// As the client named it.
        var model: String
        var mappedModel: String?
    }

    struct Sum: Sendable, Equatable {
        var input = 0
        var output = 0
        var requests = 0
        var total: Int { input + output }

        static func += (sum: inout Sum, other: Sum) {
            sum.input += other.input
            sum.output += other.output
            sum.requests += other.requests
        }
    }

    private(set) var sums: [Use: Sum] = [:]

    /// The same by hours: the first second of each, since 1970.
    var hours: [Use: Sum] {
        var hours: [Use: Sum] = [:]
        for (use, sum) in sums {
            hours[Use(seconds: use.seconds / 3600 * 3600, email: use.email, model: ""), default: Sum()] += sum
        }
        return hours
    }
}

nonisolated extension TokenUses {
    /// The requests of a batch whose account and tokens are known.
    init(_ batch: TrafficBatch) {
        for (row, sum) in batch.tokenSums {
            let text = { (place: Range<Int>) in String(decoding: batch.bytes[place], as: UTF8.self) }
            let use = Use(
                seconds: row.seconds,
                email: String(decoding: batch.accounts.emails[batch.accounts.email(row.account ?? 0)], as: UTF8.self),
                model: row.place(of: .clientModel).map(text) ?? "unknown",
                mappedModel: row.place(of: .upstreamModel).map(text))
            sums[use, default: Sum()] += sum
        }
    }
}

nonisolated extension TrafficBatch {
    /// Sums looked at for one of the same use.
    private static let sumsComparedMax = 32

    /// Sums by use, with the first row of each: most of a batch has the same few, which are told apart by their numbers before
    /// their bytes are looked at. A use that was too long ago gets a second sum.
    fileprivate var tokenSums: [(row: Row, sum: TokenUses.Sum)] {
        var sums: [(row: Row, sum: TokenUses.Sum)] = []
        bytes.withUnsafeBytes { bytes in
            for row in rows where row.countsTokens {
                let sum = TokenUses.Sum(
                    input: Int(row.head.inputTokens ?? 0), output: Int(row.head.outputTokens ?? 0), requests: 1)
                if let known = sums.suffix(Self.sumsComparedMax).lastIndex(where: { $0.row.isSameUse(as: row, bytes) })
                {
                    sums[known].sum += sum
                } else {
                    sums.append((row, sum))
                }
            }
        }
        return sums
    }
}

nonisolated extension TrafficBatch.Row {
    /// At which it arrived, since 1970.
    fileprivate var seconds: Int { Int(clamping: head.arrivedAtUnixMilliseconds) / 1000 }

    fileprivate func isSameUse(as other: Self, _ bytes: UnsafeRawBufferPointer) -> Bool {
        seconds == other.seconds && account == other.account
            && Self.isSame(place(of: .clientModel), other.place(of: .clientModel), bytes)
            && Self.isSame(place(of: .upstreamModel), other.place(of: .upstreamModel), bytes)
    }

    private static func isSame(_ one: Range<Int>?, _ other: Range<Int>?, _ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let one, let other else { return one == nil && other == nil }
        guard one.count == other.count, let start = bytes.baseAddress else { return false }
        return memcmp(start + one.lowerBound, start + other.lowerBound, one.count) == 0
    }
}
