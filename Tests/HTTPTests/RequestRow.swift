import Foundation
import Testing

/// One row of `Fixtures/requests.json`: what a client sends on one connection and what has to come of it.
///
/// The same file is sent through the running gateway by Tests/EndToEnd/test_http_table.py. A character of `bytes` is one
/// byte; `{get}`, `{post}` and `{auth}` stand for a path that answers GET, one that takes a POST, and the line that
/// carries the key.
struct RequestRow: Decodable, Sendable, CustomTestStringConvertible {
    enum Piece: Decodable, Sendable {
        case text(String)
        case repeated(String, count: Int)

        private enum CodingKeys: String, CodingKey { case `repeat`, count }

        init(from decoder: any Decoder) throws {
            if let text = try? decoder.singleValueContainer().decode(String.self) {
                self = .text(text)
                return
            }
            let members = try decoder.container(keyedBy: CodingKeys.self)
            self = .repeated(
                try members.decode(String.self, forKey: .repeat), count: try members.decode(Int.self, forKey: .count))
        }
    }

    enum End: String, Decodable, Sendable {
        /// Everything was understood and served.
        case clean
        /// Something had to be refused; then the connection closes.
        case refused
        /// The server has to wait for more, until its own timer ends the waiting.
        case needsMore
    }

    let section: String
    let name: String
    let bytes: [Piece]
    /// How many complete requests stand before the end.
    let requests: Int
    let end: End
    /// What a refusal may say.
    let statuses: [Int]?
    let mayWait: Bool?
    let bodies: [String]?

    var testDescription: String { "\(section): \(name)" }

    static let all: [RequestRow] = {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/requests.json")
        guard let data = try? Data(contentsOf: file),
            let rows = try? JSONDecoder().decode([RequestRow].self, from: data)
        else { return [] }
        return rows
    }()

    /// The row as the bytes of a connection.
    var wireBytes: [UInt8] {
        var out: [UInt8] = []
        for piece in bytes {
            switch piece {
            case .text(let text): out += Self.bytes(of: text)
            case .repeated(let text, let count):
                let bytes = Self.bytes(of: text)
                for _ in 0..<count { out += bytes }
            }
        }
        return out
    }

    private static func bytes(of text: String) -> [UInt8] {
        let filled = text.replacingOccurrences(of: "{get}", with: "/v1/models")
            .replacingOccurrences(of: "{post}", with: "/v1/chat/completions")
            .replacingOccurrences(of: "{auth}", with: "Authorization: Bearer key\r\n")
        return filled.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
    }
}
