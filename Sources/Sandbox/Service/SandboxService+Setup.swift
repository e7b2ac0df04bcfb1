import GoogleAPI
import HTTP
import JSON
import Platform
import Transport

/// Everything below `/v1internal`: set-up calls here, generation in its own file.
extension SandboxService {
    func codeAssist(
        _ head: HTTPRequestHead, _ path: String, _ connection: ServerConnection, _ record: RequestRecord
    ) async throws(Refusal) -> AnswerPlan {
        if head.method == .get, path.hasPrefix("/v1internal/operations/") {
            let account = try account(head, record)
            return operation(account, name: String(path.dropFirst("/v1internal/".count)))
        }
        let word = path.hasPrefix("/v1internal:") ? String(path.dropFirst("/v1internal:".count)) : ""
        guard head.method == .post, !word.isEmpty else {
            throw Refusal("path", "Not found: \(head.method.name) \(path.prefix(200))", status: 404)
        }
        if let method = UpstreamCall.Method(rawValue: word) {
            return try await generate(method, head, connection, record)
        }
        if let refusal = HeadRules.refusal(of: head, nil) { throw refusal }
        let bytes = try await body(connection)
        let account = try account(head, record)
        if let scripted = scripts.take(word, account: account.name) {
            return scripted.plan(writer(model: ""), isStream: false)
        }
        switch word {
        case "loadCodeAssist":
            _ = try StrictValidator.readSetup(bytes, as: "LoadCodeAssistRequest")
            return .whole(200, standing(of: account).serialized)
        case "onboardUser":
            let document = try StrictValidator.readSetup(bytes, as: "OnboardUserRequest")
            return try onboard(account, document.root)
        case "fetchAvailableModels":
            let document = try StrictValidator.readSetup(bytes, as: "FetchAvailableModelsRequest")
            return try models(of: account, document.root)
        default: throw Refusal("path", "Method not found: \(word.prefix(80))", status: 404)
        }
    }

    private func standing(of account: SandboxAccount) -> JSONValue {
        let free: JSONValue = ["id": "free-tier", "name": "Free", "isDefault": true]
        let standard: JSONValue = [
            "id": "standard-tier", "name": "Standard", "userDefinedCloudaicompanionProject": true,
        ]
        var answer: JSONObject = [:]
        if let project = accounts.knownProject(of: account) {
            let plain = JSONValue.string(project)
            answer.append(
                "cloudaicompanionProject", account.has(.objectproject) ? ["id": plain, "name": plain] : plain)
            answer.append("currentTier", free)
        }
        if account.tier != "free-tier" { answer.append("paidTier", ["id": .string(account.tier), "name": "Paid"]) }
        answer.append("allowedTiers", [free, standard])
        if account.has(.restricted) || account.has(.validation) {
            let reason = account.has(.validation) ? "VALIDATION_REQUIRED" : "UNSUPPORTED_LOCATION"
            answer.append(
                "ineligibleTiers",
                [
                    [
                        "reasonCode": .string(reason), "reasonMessage": "Not available for this account.",
                        "tierId": "free-tier", "validationUrl": "https://accounts.google.com/signin/continue?sandbox=1",
                    ]
                ])
        }
        return .object(answer)
    }

    private func onboard(_ account: SandboxAccount, _ root: JSONNode) throws(Refusal) -> AnswerPlan {
        let tier = root.field("tierId", "tier_id")?.string ?? ""
        if tier == "free-tier", root.field("cloudaicompanionProject", "cloudaicompanion_project") != nil {
            throw Refusal(
                "onboard-project", "Precondition check failed: the free tier takes no project.", status: 400,
                word: "FAILED_PRECONDITION")
        }
        guard ["free-tier", "standard-tier", "legacy-tier"].contains(tier) else {
            throw Refusal("onboard-tier", "Invalid tier_id '\(tier.prefix(40))'.", field: "tier_id")
        }
        return operation(account, name: "operations/onboard-\(account.name)")
    }

    private func operation(_ account: SandboxAccount, name: String) -> AnswerPlan {
        guard accounts.onboard(account) else {
            return .whole(200, (["name": .string(name), "done": false] as JSONValue).serialized)
        }
        let response: JSONValue =
            account.project.map { ["cloudaicompanionProject": ["id": .string($0), "name": .string($0)]] } ?? [:]
        return .whole(200, (["name": .string(name), "done": true, "response": response] as JSONValue).serialized)
    }

    private func models(of account: SandboxAccount, _ root: JSONNode) throws(Refusal) -> AnswerPlan {
        if account.has(.forbidden) {
            return .whole(
                403, GoogleError.usual(403, reason: "SERVICE_DISABLED", retryDelay: nil, model: "").serialized)
        }
        if let project = root.field("project")?.string, project != account.project {
            throw Refusal("project-foreign", "Permission denied on resource project \(project).", status: 403)
        }
        let reset = ProtoTimestamp.rfc3339(unixSeconds: WallClock.unixSeconds + 4 * 3600)
        var table: JSONObject = [:]
        for (index, facts) in ModelCatalog.models.enumerated() {
            var quota: JSONObject = [:]
            if !account.has(.exhausted) { quota.append("remainingFraction", .number("0.\(99 - index % 20)")) }
            quota.append("resetTime", .string(reset))
            table.append(
                facts.id,
                [
                    "displayName": .string(facts.id), "quotaInfo": .object(quota), "supportsImages": true,
                    "supportsThinking": .bool(facts.thinking != nil), "maxTokens": .int(facts.contextTokensMax),
                    "maxOutputTokens": .int(facts.outputTokensMax), "recommended": .bool(index < 3),
                ])
        }
        table.append("chat_20706", ["displayName": "internal"])
        let answer: JSONValue = [
            "models": .object(table), "deprecatedModelIds": ["gemini-3-pro": ["newModelId": "gemini-3-pro-high"]],
        ]
        return .whole(200, answer.serialized)
    }
}
