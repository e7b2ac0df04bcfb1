/// The release that `cloudflared --version` names: `cloudflared version 2026.8.2 (built 2026-08-20-1012 UTC)`.
nonisolated struct CloudflaredVersion: Equatable, Sendable {
    /// The line as it was printed.
    let text: String
    /// Year, month and number; empty if the line names none, as builds of one's own do.
    let numbers: [Int]

    /// - Returns: nil if nothing was printed.
    init?(output: String) {
        let line = output.split(whereSeparator: \.isNewline).first.map(\.trimmed) ?? ""
        guard !line.isEmpty else { return nil }
        text = String(decoding: line.utf8.prefix(200), as: UTF8.self)
        let word = line.split(separator: " ").first { $0.first?.isNumber == true } ?? ""
        let parts = word.split(separator: ".").map { Int($0.prefix { $0.isNumber }) }
        numbers = parts.count >= 2 && !parts.contains(nil) ? parts.compactMap { $0 } : []
    }

    /// Whether it takes `--token-file`, which came with 2025.4.0. A build without a number counts as a new one.
    var readsTokenFile: Bool { numbers.isEmpty || !numbers.lexicographicallyPrecedes([2025, 4]) }
}
