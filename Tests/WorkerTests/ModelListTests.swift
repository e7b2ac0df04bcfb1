import APIErrors
import HTTP
import JSON
import Testing
import Translation

@testable import Worker

struct ModelListTests {
    static let mapping = ["mine": "gemini-3-flash", "gpt-*": "gemini-3-pro-high", "team/own": "claude-sonnet-4-5"]
    static let table = ModelTable(live: [
        .init(id: "gemini-9-new", inputTokensMax: 1234, outputTokensMax: 999), .init(id: "gemini-3-flash"),
    ])

    static func list(onlyReal: Bool = false, policy: TranslationSettings.UnknownModelPolicy = .passthrough) -> ModelList
    {
        var settings = TranslationSettings()
        settings.unknownModel = policy
        return ModelList(
            router: ModelRouter(customMapping: mapping, table: table, settings: settings), onlyReal: onlyReal)
    }

    static func ask(
        _ question: ModelQuestion, about id: String = "", query: String = "", in family: DialectFamily = .openAI,
        of list: ModelList = list()
    ) throws(APIFailure) -> JSONValue {
        let head = HTTPRequestHead(method: .get, target: "/x?" + query)
        let bytes = try list.answer(question, about: id, to: head, in: family)
        guard let value = try? JSONValue(parsing: bytes) else { throw .badRequest("no JSON") }
        return value
    }

    static func ids(_ list: JSONValue, _ member: String = "data", _ name: String = "id") -> [String] {
        list[member]?.array?.compactMap { $0[name]?.string } ?? []
    }

    @Test func `a list has each name once, in order, from all four sources, and no pattern`() throws {
        let ids = Self.ids(try Self.ask(.list))
        let names: Set = ["mine", "team/own", "gemini-9-new", "gpt-4o", "gemini-3-pro-image-4k-16x9"]
        let isRight = ids == Set(ids).sorted() && names.isSubset(of: ids) && !ids.contains { $0.contains("*") }
        #expect(isRight)
        #expect(ids.filter { $0.hasPrefix("gemini-3-pro-image") && !$0.hasSuffix("preview") }.count == 21)
    }

    @Test func `a list of real models has what the accounts offer`() throws {
        let list = Self.list(onlyReal: true)
        #expect(Self.ids(try Self.ask(.list, of: list)) == ["gemini-3-flash", "gemini-9-new"])
        #expect(throws: APIFailure.self) { try Self.ask(.one, about: "mine", of: list) }
    }

    @Test(arguments: ["gpt-4o", "mine", "team/own", "gpt-99", "gemini-9-new", "gemini-1.5-pro-002", "mine-online"])
    func `a model is known if a list or a rule names it`(id: String) throws {
        #expect(try Self.ask(.one, about: id)["id"] == .string(id))
        #expect(try Self.ask(.one, about: id, in: .anthropic)["type"] == "model")
        #expect(try Self.ask(.one, about: "models/" + id, in: .gemini)["name"] == .string("models/" + id))
    }

    @Test(arguments: DialectFamily.allCases)
    func `an unknown model is refused`(family: DialectFamily) {
        #expect(throws: APIFailure(.modelNotFound, message: "The model 'nobody' does not exist.", param: "model")) {
            try Self.ask(.one, about: "nobody", in: family)
        }
    }

    @Test func `only ids that contain it answer to claude`() throws {
        let ids = Self.ids(try Self.ask(.claude))
        let isRight = !ids.isEmpty && ids.allSatisfy { $0.contains("claude") }
        #expect(isRight)
    }

    @Test func `pages of Anthropic's list join to the whole, in both directions`() throws {
        let all = Self.ids(try Self.ask(.list, in: .anthropic))
        for limit in [1, 7, all.count, 1000] {
            var forward: [String] = []
            var query = "limit=\(limit)"
            while true {
                let page = try Self.ask(.list, query: query, in: .anthropic)
                let ids = Self.ids(page)
                let isClosed = page["first_id"]?.string == ids.first && page["last_id"]?.string == ids.last
                #expect(isClosed && ids.count <= limit)
                forward += ids
                guard page["has_more"] == true else { break }
                query = "limit=\(limit)&after_id=\(ids.last ?? "")"
            }
            #expect(forward == all)
            var backward: [String] = []
            query = "limit=\(limit)&before_id=zzz"
            while true {
                let page = try Self.ask(.list, query: query, in: .anthropic)
                backward = Self.ids(page) + backward
                guard page["has_more"] == true else { break }
                query = "limit=\(limit)&before_id=\(backward.first ?? "")"
            }
            #expect(backward == all)
        }
        let empty = try Self.ask(.list, query: "after_id=zzz", in: .anthropic)
        #expect(empty["data"] == [] && empty["first_id"] == .null && empty["has_more"] == false)
    }

    @Test func `pages of Gemini's list join to the whole`() throws {
        let all = Self.ids(try Self.ask(.list, in: .gemini), "models", "name")
        #expect(all == Self.ids(try Self.ask(.list)).map { "models/" + $0 })
        var found: [String] = []
        var token = ""
        while true {
            let page = try Self.ask(.list, query: "pageSize=9&pageToken=\(token)", in: .gemini)
            found += Self.ids(page, "models", "name")
            guard let next = page["nextPageToken"]?.string else { break }
            token = next
        }
        #expect(found == all)
    }

    @Test func `Gemini's form tells the limits of the model that a name means`() throws {
        let live = try Self.ask(.one, about: "gemini-9-new", in: .gemini)
        #expect(live["inputTokenLimit"] == 1234 && live["outputTokenLimit"] == 999)
        let mapped = try Self.ask(.one, about: "team/own", in: .gemini)
        #expect(mapped["inputTokenLimit"] == .int(TargetModel(id: "claude-sonnet-4-5").inputTokensMax))
        #expect(mapped["outputTokenLimit"] == .int(TargetModel(id: "claude-sonnet-4-5").outputTokensMax))
        #expect(mapped["supportedGenerationMethods"] == ["generateContent", "streamGenerateContent", "countTokens"])
    }

    @Test(arguments: ["limit=0", "limit=-1", "limit=x", "limit=1001"])
    func `a page of Anthropic's list that cannot be is refused`(query: String) {
        #expect(throws: APIFailure.self) { try Self.ask(.list, query: query, in: .anthropic) }
    }

    @Test(arguments: ["pageSize=-1", "pageSize=many"])
    func `a page of Gemini's list that cannot be is refused`(query: String) {
        #expect(throws: APIFailure.self) { try Self.ask(.list, query: query, in: .gemini) }
    }
}
