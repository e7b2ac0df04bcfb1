/// Builds a page in the Prometheus text exposition format, version 0.0.4: each family once, with its help and its kind before
/// its samples.
nonisolated struct MetricsText {
    enum Kind: String { case counter, gauge, histogram }

    struct Sample {
        var suffix = ""
        var labels: [(name: String, value: String)] = []
        var value: Double

        init(_ value: Double, suffix: String = "", _ labels: (name: String, value: String)...) {
            self.suffix = suffix
            self.labels = labels
            self.value = value
        }

        init(_ value: Int, _ labels: (name: String, value: String)...) {
            self.labels = labels
            self.value = Double(value)
        }
    }

    static let contentType = "text/plain; version=0.0.4; charset=utf-8"
    /// Stands before every name.
    static let prefix = "antigravity_"

    private(set) var text = ""

    mutating func add(_ name: String, _ kind: Kind, _ help: String, _ samples: [Sample]) {
        let name = Self.prefix + name
        text += "# HELP \(name) \(Self.escaped(help, quotes: false))\n# TYPE \(name) \(kind.rawValue)\n"
        for sample in samples {
            text += name + sample.suffix
            if !sample.labels.isEmpty {
                let labels = sample.labels.map { "\($0.name)=\"\(Self.escaped($0.value, quotes: true))\"" }
                text += "{\(labels.joined(separator: ","))}"
            }
            text += " \(Self.number(sample.value))\n"
        }
    }

    mutating func add(_ name: String, _ kind: Kind, _ help: String, _ value: Int) {
        add(name, kind, help, [Sample(value)])
    }

    /// - Parameter histogram: of milliseconds; shown as seconds.
    mutating func add(_ name: String, _ help: String, _ histogram: Histogram) {
        var total = 0
        var samples: [Sample] = []
        for (index, count) in histogram.counts.enumerated() {
            total += count
            let bound =
                index < histogram.bounds.count ? Self.number(Double(histogram.bounds[index]) / 1000) : "+Inf"
            samples.append(Sample(Double(total), suffix: "_bucket", ("le", bound)))
        }
        samples.append(Sample(Double(histogram.sum) / 1000, suffix: "_sum"))
        samples.append(Sample(Double(total), suffix: "_count"))
        add(name, .histogram, help, samples)
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value)
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var result = ""
        for character in text {
            switch character {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.append(character)
            }
        }
        return result
    }
}
