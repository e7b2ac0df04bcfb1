import JSON
import Testing

@testable import Supervisor

/// The editors on texts that were put together at random: what is set is there, a second time changes nothing, and what
/// nobody asked to change is as it was.
@Suite struct FileEditorPropertyTests {
    private struct Seeded: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 29)
        }
        mutating func pick<T>(_ items: [T]) -> T { items[Int.random(in: items.indices, using: &self)] }
        mutating func isLucky(_ chances: Int) -> Bool { Int.random(in: 0..<chances, using: &self) == 0 }
    }

    static let target = CLITarget(url: "http://h:1/v1", key: "sk-k")

    // MARK: TOML

    private static func toml(_ random: inout Seeded) -> String {
        let values = [
            "1", "true", "'x'", "\"a\\\"b # c\"", "\"\"\"\nbase_url = 1\n[x]\n\"\"\"", "'''\nmodel_provider='a'\n'''",
            "[1, # c\n [2],\n]", "{ a = 1, b.c = ['x'] }", "1979-05-27 07:32:00", "-0.5e3",
        ]
        let ending = random.pick(["\n", "\n", "\r\n"])
        var lines: [String] = []
        var isOurs = false
        for number in 0..<Int.random(in: 0...8, using: &random) {
            switch Int.random(in: 0..<6, using: &random) {
            case 0: lines.append("# comment \(number)")
            case 1: lines.append("")
            case 2: lines.append(random.pick(["[t\(number)]", "[[list]] # c", "[ 'q.\(number)' . x ]"]))
            case 3 where !isOurs:
                isOurs = true
                lines.append(random.pick(["[model_providers.custom]", "[model_providers.\"custom\"] # ours"]))
                if random.isLucky(2) {
                    lines.append("base_url=\(random.pick(["'old'", "\"http://h:1/v1\" # same", "1"]))")
                }
            default: lines.append("  k\(number) = \(random.pick(values))\(random.pick(["", " # c"]))")
            }
        }
        return lines.joined(separator: ending) + random.pick(["", ending])
    }

    /// Every statement but ours, with the bytes of its value.
    private static func others(_ bytes: [UInt8]) throws -> [String] {
        let scan = try TOMLScan(bytes)
        return scan.statements.filter { statement in
            let path = scan.path(of: statement)
            return path != ["model_provider"] && !path.starts(with: ["model_providers", "custom"])
        }.map { "\(scan.path(of: $0)) \(String(decoding: bytes[$0.value], as: UTF8.self))" }
    }

    @Test(arguments: 0..<400)
    func `TOML keeps every other statement`(seed: Int) throws {
        var random = Seeded(state: UInt64(seed) &* 977)
        let before = Array(Self.toml(&random).utf8)
        let once = try CLIFile.codexConfig.content(before, for: Self.target)
        #expect(try CLIFile.codexConfig.content(once, for: Self.target) == once)
        let state = CLIState(of: .codex, wanted: Self.target.url) { $0 == .codexConfig ? once : [] }
        #expect(state.isSynced && state.url == Self.target.url)
        #expect(try Self.others(once) == Self.others(before))
        #expect(once.count { $0 == UInt8(ascii: "#") } == before.count { $0 == UInt8(ascii: "#") }, "comments stay")
    }

    // MARK: JSON

    private static func json(_ random: inout Seeded, depth: Int) -> JSONValue {
        switch Int.random(in: 0..<(depth > 2 ? 4 : 7), using: &random) {
        case 0: return .null
        case 1: return .number(random.pick(["1.0", "-0", "1e400", "12345678901234567890"]))
        case 2: return .bool(random.isLucky(2))
        case 3: return .string(random.pick(["", "ä\u{1}\"\\", "ANTHROPIC_MODEL"]))
        case 4: return .array((0..<Int.random(in: 0...3, using: &random)).map { _ in json(&random, depth: depth + 1) })
        default:
            let names = ["env", "a", "ANTHROPIC_BASE_URL", "ANTHROPIC_MODEL", "é"].shuffled(using: &random)
            return .object(
                JSONObject(
                    names.prefix(Int.random(in: 0...4, using: &random)).map { ($0, json(&random, depth: depth + 1)) }))
        }
    }

    @Test(arguments: 0..<400)
    func `JSON keeps every other member in its order, or the file is refused`(seed: Int) throws {
        var random = Seeded(state: UInt64(seed) &* 1_009)
        var before = Self.json(&random, depth: 0)
        if before.object == nil { before = .object(["a": before]) }
        let file = CLIFile.claudeSettings
        guard before["env"].map({ $0.isNull || $0.object != nil }) ?? true else {
            #expect(throws: CLIFileFault.self) { try file.content(before.serialized, for: Self.target) }
            return
        }
        let once = try file.content(before.serialized, for: Self.target)
        #expect(try file.content(once, for: Self.target) == once)
        let after = try JSONValue(parsing: once)
        #expect(after["env"]?["ANTHROPIC_BASE_URL"] == "http://h:1/v1" && after["env"]?["ANTHROPIC_MODEL"] == nil)
        let ours: Set = ["ANTHROPIC_BASE_URL", "ANTHROPIC_API_KEY", "ANTHROPIC_MODEL"]
        func rest(_ value: JSONValue) -> JSONValue {
            var value = value
            let env = (value["env"]?.object ?? [:]).members.filter { !ours.contains($0.name) }
            value["env"] = .object(JSONObject(env))
            return value
        }
        #expect(rest(after) == rest(before))
    }

    // MARK: .env

    @Test(arguments: 0..<400)
    func `a .env file keeps every other line`(seed: Int) throws {
        var random = Seeded(state: UInt64(seed) &* 1_013)
        let lines = [
            "A=1", "# c", "", "export B='x # y'", "C=\"1\nGEMINI_API_KEY=no\n\"", "GEMINI_API_KEY=old", "junk",
            " GEMINI_API_KEY = 'old' # c", "GOOGLE_GEMINI_BASE_URL=`http://h:1/v1`", "D='open",
        ]
        let picked = (0..<Int.random(in: 0...6, using: &random)).map { _ in random.pick(lines) }
        let before = Array((picked.joined(separator: "\n") + random.pick(["", "\n"])).utf8)
        let file = CLIFile.geminiEnvironment
        let once = try file.content(before, for: Self.target)
        #expect(try file.content(once, for: Self.target) == once)
        #expect(try EnvironmentFileEditor.value(of: "GEMINI_API_KEY", in: once) == "sk-k")
        #expect(try EnvironmentFileEditor.value(of: "GOOGLE_GEMINI_BASE_URL", in: once) == "http://h:1/v1")
        func others(_ bytes: [UInt8]) -> [Substring] {
            String(decoding: bytes, as: UTF8.self).split(separator: "\n").filter {
                !$0.contains("GEMINI_API_KEY") && !$0.contains("GOOGLE_GEMINI_BASE_URL")
            }
        }
        #expect(others(once) == others(before))
    }
}
