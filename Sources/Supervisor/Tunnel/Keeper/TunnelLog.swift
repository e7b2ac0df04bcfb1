/// What cloudflared has written: the latest lines of its standard error, and the address that either stream names.
nonisolated struct TunnelLog {
    /// Lines that are kept; older ones go.
    static let linesMax = 500
    /// Lines that are told when the program has ended, and how long each may be then.
    static let lastLinesMax = 20
    static let toldLineSizeMaxBytes = 512

    enum Stream { case output, error }

    let isNamed: Bool
    /// The latest one: a later one replaces it.
    private(set) var address: String?
    private(set) var lines: [String] = []
    /// Where the oldest line stands once there are as many as are kept.
    private var oldest = 0
    private var output = LineSplitter()
    private var error = LineSplitter()

    init(isNamed: Bool) { self.isNamed = isNamed }

    mutating func feed(_ bytes: some Sequence<UInt8>, from stream: Stream) {
        var found: [String] = []
        switch stream {
        case .output: output.feed(bytes) { found.append($0) }
        case .error: error.feed(bytes) { found.append($0) }
        }
        for line in found { note(line, from: stream) }
    }

    /// The program has ended: what stands behind the last end of a line counts as one.
    mutating func finish() {
        var rest: [(String, Stream)] = []
        output.finish { rest.append(($0, .output)) }
        error.finish { rest.append(($0, .error)) }
        for (line, stream) in rest { note(line, from: stream) }
    }

    /// The last lines of the standard error, oldest first, without empty ones.
    var lastLines: [String] {
        let ordered = lines[oldest...] + lines[..<oldest]
        return ordered.filter { !$0.isEmpty }.suffix(Self.lastLinesMax).map { line in
            String(decoding: line.utf8.prefix(Self.toldLineSizeMaxBytes), as: UTF8.self)
        }
    }

    private mutating func note(_ line: String, from stream: Stream) {
        if let found = TunnelAddress.find(in: line, isNamed: isNamed) { address = found }
        guard stream == .error else { return }
        if lines.count < Self.linesMax {
            lines.append(line)
        } else {
            lines[oldest] = line
            oldest = (oldest + 1) % Self.linesMax
        }
    }
}
