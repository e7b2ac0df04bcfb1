import Foundation
import Testing

/// The fixture files of this room, and whether this run rewrites their expected side.
enum Fixtures {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")

    /// `ANTIGRAVITY_GOLDEN=rewrite`: what came out becomes what is expected; the diff is for people to read.
    static let rewrites = ProcessInfo.processInfo.environment["ANTIGRAVITY_GOLDEN"] == "rewrite"

    /// Names of the cases in a folder: files with this ending and no further dot in the name.
    static func cases(in folder: String, ending: String) -> [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: root.appending(path: folder).path)) ?? []
        return files.filter { $0.hasSuffix(ending) }.map { String($0.dropLast(ending.count)) }
            .filter { !$0.contains(".") }.sorted()
    }

    static func read(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: root.appending(path: path)))
    }

    static func readIfPresent(_ path: String) -> [UInt8]? {
        (try? Data(contentsOf: root.appending(path: path))).map { Array($0) }
    }

    /// Compares with the expected file, or writes it.
    static func expect(_ actual: [UInt8], in path: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        if rewrites {
            try Data(actual).write(to: root.appending(path: path))
            return
        }
        guard let expected = readIfPresent(path) else {
            Issue.record("\(path) is missing; make golden writes it", sourceLocation: sourceLocation)
            return
        }
        guard actual != expected else { return }
        let place = zip(actual, expected).enumerated().first { $0.element.0 != $0.element.1 }?.offset
        let at = place ?? min(actual.count, expected.count)
        let around = String(decoding: actual[max(0, at - 80)..<min(actual.count, at + 120)], as: UTF8.self)
        Issue.record("\(path) differs at byte \(at): ...\(around)...", sourceLocation: sourceLocation)
    }
}
