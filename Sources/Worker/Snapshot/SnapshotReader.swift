import Digest
import GoogleAPI
import JSON
import Translation
import Transport

/// Reads the snapshot document. The supervisor has checked every value; a member that is missing keeps its default, one of
/// an unexpected kind counts as missing.
nonisolated enum SnapshotReader {
    /// - Throws: when the bytes are no JSON at all, which is a fault of the supervisor's build.
    static func read(_ bytes: [UInt8]) throws(JSONError) -> WorkerSnapshot.Document {
        let root = try JSONDocument(parsing: bytes).root
        var document = WorkerSnapshot.Document()
        document.revision = root["revision"]?.int ?? 0
        if let digest = root["api_key_sha256"]?.string.flatMap({ Hex.decode($0) }), digest.count == SHA256.byteCount {
            document.apiKeyDigest = digest
        }
        document.authentication = root["auth_mode"]?.string == "off" ? .off : .required
        document.isEnabled = root["is_enabled"]?.bool ?? true
        document.isTunnelOpen = root["is_tunnel_open"]?.bool ?? false
        document.reasoningDisplay =
            root["cursor_reasoning_mode"]?.string.flatMap(ReasoningDisplay.init) ?? document.reasoningDisplay
        document.customMapping = mapping(root["custom_mapping"])
        document.replacedModels = mapping(root["deprecated_models"])
        document.models = root["models"].map { $0.elements.compactMap(model) } ?? []
        document.userAgent = text(root["user_agent"]) ?? document.userAgent
        document.bodySizeMaxBytes = root["limits"]?["body_size_max_bytes"]?.int ?? document.bodySizeMaxBytes
        readAddresses(root, into: &document)
        seconds(root["request_timeout"], into: &document.exchange.upstreamIdle)
        document.remembersSignatures = root["experimental"]?["enable_signature_cache"]?.bool ?? true
        guard let gateway = root["gateway"] else { return document }
        readServer(gateway["http"], into: &document.server)
        readExchange(gateway["scheduling"], into: &document.exchange)
        document.hosts = strings(gateway["http"]?["hosts"]) ?? []
        document.exposesAccount = gateway["logging"]?["expose_account_header"]?.bool ?? false
        readBodies(gateway["logging"], isRecording: root["records_requests"]?.bool ?? true, into: &document.bodies)
        document.listsOnlyRealModels = gateway["translation"]?["only_real_models"]?.bool ?? false
        document.publicModels = mapping(gateway["upstream"]?["public_models"])
        document.client.http2 = gateway["upstream"]?["http2"]?.bool ?? false
        readTranslation(gateway["translation"], into: &document.translation)
        document.remoteMedia.isEnabled = gateway["translation"]?["remote_media"]?.bool ?? true
        document.remoteMedia.hosts = (strings(gateway["translation"]?["remote_media_hosts"]) ?? []).map(HostName.bare)
        return document
    }

    private static func readBodies(_ node: JSONNode?, isRecording: Bool, into policy: inout BodyPolicy) {
        guard isRecording else { return policy = .none }
        policy.extent = node?["bodies"]?.string.flatMap(BodyPolicy.Extent.init) ?? policy.extent
        policy.sizeMaxBytes = node?["body_max_bytes"]?.int ?? policy.sizeMaxBytes
    }

    private static func readAddresses(_ root: JSONNode, into document: inout WorkerSnapshot.Document) {
        if let addresses = root["google_addresses"] {
            document.addresses = GoogleAddresses(
                override: text(addresses["gemini_base"]), bases: strings(addresses["code_assist_bases"]))
        }
        document.client.proxy = text(root["upstream_proxy"])
        document.client.caFile = text(root["certificate_file"]) ?? document.client.caFile
    }

    private static func readServer(_ node: JSONNode?, into limits: inout ServerLimits) {
        guard let node else { return }
        duration(node["head_timeout"], into: &limits.headDeadline)
        duration(node["body_timeout"], into: &limits.bodyStall)
        duration(node["idle_timeout"], into: &limits.idle)
        duration(node["write_timeout"], into: &limits.writeStall)
        limits.requestsPerConnectionMax = node["requests_per_connection_max"]?.int ?? limits.requestsPerConnectionMax
    }

    private static func readExchange(_ node: JSONNode?, into limits: inout ExchangeLimits) {
        guard let node else { return }
        seconds(node["total_timeout"], into: &limits.total)
        seconds(node["schedule_budget"], into: &limits.schedule)
        seconds(node["first_content_timeout"], into: &limits.firstContent)
        seconds(node["first_content_timeout_thinking"], into: &limits.firstContentThinking)
        seconds(node["heartbeat_first_seconds"], into: &limits.heartbeatFirst)
        seconds(node["heartbeat_seconds"], into: &limits.heartbeat)
        seconds(node["count_timeout"], into: &limits.count)
        if let value = node["connect_timeout"]?.int, value > 0 { limits.connect = .seconds(value) }
    }

    private static func readTranslation(_ node: JSONNode?, into settings: inout TranslationSettings) {
        guard let node else { return }
        if let policy = node["unknown_model"]?.string { readUnknownModel(policy, into: &settings) }
        if let word = node["safety"]?.string, let safety = TranslationSettings.SafetyThreshold(rawValue: word) {
            settings.safety = safety
        }
        if let word = node["thinking_budget_mode"]?.string,
            let mode = TranslationSettings.thinkingBudgetMode(word: word)
        {
            settings.thinkingBudgetMode = mode
        }
        settings.searchModel = text(node["search_model"]) ?? settings.searchModel
        settings.usesTwins = node["claude_twins"]?.bool ?? true
        settings.appendsSources = node["append_sources"]?.bool ?? false
        settings.logprobsModels = strings(node["logprobs_models"])?.map { ModelPattern($0) } ?? []
        settings.penaltyModels = strings(node["penalty_models"])?.map { ModelPattern($0) } ?? []
        settings.keepsDroppedThinking = node["keep_dropped_thinking_as_text"]?.bool ?? false
        settings.answersWarmup = node["answer_warmup"]?.bool ?? false
        settings.backgroundMarkers = strings(node["background_markers"]) ?? []
    }

    private static func readUnknownModel(_ policy: String, into settings: inout TranslationSettings) {
        if policy == "reject" {
            settings.unknownModel = .reject
        } else if policy.hasPrefix("fallback:") {
            settings.unknownModel = .fallback(String(policy.dropFirst("fallback:".count)))
        }
    }

    private static func model(_ node: JSONNode) -> ModelTable.LiveModel? {
        guard let id = text(node["id"]) else { return nil }
        return ModelTable.LiveModel(
            id: id, inputTokensMax: node["max_tokens"]?.int, outputTokensMax: node["max_output_tokens"]?.int,
            thinkingBudgetMin: node["min_thinking_budget"]?.int)
    }

    private static func mapping(_ node: JSONNode?) -> [String: String] {
        guard let node, node.kind == .object else { return [:] }
        var mapping: [String: String] = [:]
        for (name, value) in node.members {
            if let name = name.string, let value = value.string { mapping[name] = value }
        }
        return mapping
    }

    private static func strings(_ node: JSONNode?) -> [String]? {
        guard let node, node.kind == .array else { return nil }
        return node.elements.compactMap(\.string)
    }

    /// nil for an empty text too.
    private static func text(_ node: JSONNode?) -> String? {
        guard let text = node?.string, !text.isEmpty else { return nil }
        return text
    }

    private static func duration(_ node: JSONNode?, into limit: inout Duration) {
        if let value = node?.int, value > 0 { limit = .seconds(value) }
    }

    private static func seconds(_ node: JSONNode?, into limit: inout UInt64) {
        if let value = node?.int, value > 0, value < 1 << 32 { limit = UInt64(value) * 1_000_000_000 }
    }
}
