import GoogleAPI
import HTTP
import JSON
import Platform
import Transport

/// generateContent, streamGenerateContent, countTokens.
extension SandboxService {
    func generate(
        _ method: UpstreamCall.Method, _ head: HTTPRequestHead, _ connection: ServerConnection, _ record: RequestRecord
    ) async throws(Refusal) -> AnswerPlan {
        record.account = accounts.owner(authorization: head.fields["authorization"])
        if let refusal = HeadRules.refusal(of: head, method) { throw refusal }
        let bytes = try await body(connection)
        log.keep(bytes, in: record)
        let account = try account(head, record)
        let call = try StrictValidator.read(
            method, body: bytes, project: account.project, isRequestIDRepeated: isRequestIDRepeated)
        record.model = call.model
        record.requestID = call.envelope.field("requestId", "request_id")?.string
        if let id = record.requestID { remember(requestID: id) }
        return answer(call, account, isWrapped: true)
    }

    /// What a call that broke no rule gets: a script, the account's trouble, the prompt's markers, the default.
    func answer(_ call: UpstreamCall, _ account: SandboxAccount, isWrapped: Bool) -> AnswerPlan {
        let prompt = PromptView(call)
        var writer = writer(model: call.model)
        writer.isWrapped = isWrapped
        if let script = scripts.take(
            call.method.rawValue, account: account.name, model: call.model, text: prompt.text)
        {
            return script.plan(writer, isStream: call.method == .streamGenerateContent)
        }
        if let trouble = Self.trouble(of: account, call) { return .whole(trouble.status, trouble.body.serialized) }
        if call.method == .countTokens { return .whole(200, Self.count(call)) }
        let plan = GenerationPlan(
            call: call, prompt: prompt, writer: writer, pace: paceMilliseconds, obeysMarkers: obeys(prompt.markers))
        let serial = nextSerial()
        let isClaude = call.isClaude
        return plan.plan { index in isClaude ? "toolu_sandbox_\(serial)_\(index)" : "call-sandbox-\(serial)-\(index)" }
    }

    func writer(model: String) -> AnswerWriter {
        let serial = nextSerial()
        return AnswerWriter(model: model, responseID: "sandbox-\(serial)", traceID: "trace-\(serial)")
    }

    private static func count(_ call: UpstreamCall) -> [UInt8] {
        let size = call.request?.withRawBytes { $0.count } ?? 0
        return (["totalTokens": .int(max(1, size / 4))] as JSONValue).serialized
    }

    /// What the words in an account's name make of every call.
    private static func trouble(of account: SandboxAccount, _ call: UpstreamCall) -> (status: Int, body: JSONValue)? {
        func usual(_ status: Int, _ reason: String? = nil, _ delay: String? = nil) -> (status: Int, body: JSONValue) {
            (status, GoogleError.usual(status, reason: reason, retryDelay: delay, model: call.model))
        }
        if account.has(.unauthorized) { return usual(401) }
        if account.has(.forbidden) { return usual(403) }
        if account.has(.validation) { return usual(403, "VALIDATION_REQUIRED") }
        if account.has(.exhausted) { return usual(429, "QUOTA_EXHAUSTED") }
        if account.has(.limited) { return usual(429, "RATE_LIMIT_EXCEEDED", "2s") }
        if account.has(.capacity) { return usual(503, "MODEL_CAPACITY_EXHAUSTED", "39s") }
        if account.has(.location) {
            let text = "User location is not supported for the API use."
            return (400, GoogleError.body(400, message: text, word: "FAILED_PRECONDITION"))
        }
        if account.has(.plaincount), call.method == .countTokens, call.system != nil || !call.tools.isEmpty {
            let name = call.system != nil ? "systemInstruction" : "tools"
            let text = "Invalid JSON payload received. Unknown name \"\(name)\" at 'request': Cannot find field."
            return (400, GoogleError.body(400, message: text))
        }
        return nil
    }
}
