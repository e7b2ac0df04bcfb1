import JSON

/// The configuration document as the operator stored it. Members that the settings table does not know, their order and
/// the spelling of numbers are kept.
nonisolated struct ConfigDocument: Sendable, Equatable {
    let root: JSONObject

    /// A document as it was stored by this program: it has been checked before, and a required member may be missing when
    /// the environment stood for it.
    ///
    /// - Throws: `.bad` when a member does not fit the table of this version.
    init(stored root: JSONObject) throws(ConfigFault) {
        self.root = try Self.checked(root)
    }

    /// A document that somebody sends to replace the present one.
    ///
    /// - Parameter overrides: members that the environment rules. Where the new document repeats such a value, the stored
    ///   one stays as it is: who reads the document and sends it back must not turn the environment into stored values.
    init(replacing old: ConfigDocument, by root: JSONObject, overrides: [String: JSONValue]) throws(ConfigFault) {
        try Self.checkGroups(JSONValue.object(root))
        let missing = SettingsTable.members.compactMap(\.member).filter { path in
            SettingsTable.row(path)?.isRequired == true && JSONValue.object(root)[path: path] == nil
        }
        guard missing.isEmpty else { throw .missing(missing) }
        var document = JSONValue.object(root)
        for (path, value) in overrides where document[path: path] == value {
            document[path: path] = JSONValue.object(old.root)[path: path]
        }
        self.root = try Self.checked(document.object ?? [:])
    }

    /// The document of a first start; it has no key yet.
    static var fresh: ConfigDocument {
        var document = JSONValue.object([:])
        for setting in SettingsTable.document {
            guard let path = setting.member, case .value(let value) = setting.fallback else { continue }
            document[path: path] = value
        }
        return ConfigDocument(unchecked: document.object ?? [:])
    }

    /// The same document with one member changed; the value is one of ours and fits.
    func setting(_ path: String, to value: JSONValue?) -> ConfigDocument {
        var document = JSONValue.object(root)
        document[path: path] = value
        return ConfigDocument(unchecked: document.object ?? [:])
    }

    /// What `GET /api/config` shows: every member of the original's document, defaults filled in, the environment on top.
    func shown(overrides: [String: JSONValue]) -> JSONObject {
        var document = JSONValue.object(root)
        for setting in SettingsTable.document {
            guard let path = setting.member, document[path: path] == nil else { continue }
            switch setting.fallback {
            case .value(let value): document[path: path] = value
            case .computed: document[path: path] = ""
            case .absent: break
            }
        }
        if document["gateway"] == nil { document[path: "gateway"] = [:] }
        for setting in SettingsTable.members {
            guard let path = setting.member, let value = overrides[path] else { continue }
            document[path: path] = value
        }
        return document.object ?? [:]
    }

    private init(unchecked root: JSONObject) { self.root = root }

    // MARK: Checks

    /// Checks every member the table knows, in its order, and gives spellings their canonical form.
    private static func checked(_ root: JSONObject) throws(ConfigFault) -> JSONObject {
        var document = JSONValue.object(root)
        try checkGroups(document)
        moveOldMappings(in: &document)
        for setting in SettingsTable.members {
            guard let path = setting.member, let value = document[path: path] else { continue }
            switch setting.form.check(value) {
            case .bad(let complaint): throw .bad(path: path, complaint: complaint)
            case .good(let canonical): if canonical != value { document[path: path] = canonical }
            }
        }
        try checkProxy(document)
        return document.object ?? [:]
    }

    /// Very old documents have a mapping for each dialect. Its entries move into the one for all where that does not say
    /// otherwise; those for whole series of models have no counterpart and go.
    private static func moveOldMappings(in document: inout JSONValue) {
        let custom = "proxy.custom_mapping"
        for path in ["proxy.anthropic_mapping", "proxy.openai_mapping"] {
            guard let old = document[path: path]?.object else { continue }
            // A mapping that is no object stays, for the check to refuse.
            if var mapping = (document[path: custom] ?? [:]).object {
                for (name, value) in old.members where !name.hasSuffix("-series") && mapping[name] == nil {
                    mapping[name] = value
                }
                document[path: custom] = .object(mapping)
            }
            document[path: path] = nil
        }
    }

    /// What members stand in must be objects.
    private static func checkGroups(_ document: JSONValue) throws(ConfigFault) {
        for group in groups {
            guard let value = document[path: group], value.object == nil else { continue }
            throw .bad(path: group, complaint: "must be an object")
        }
    }

    /// A proxy that is switched on must have an address.
    private static func checkProxy(_ document: JSONValue) throws(ConfigFault) {
        guard document[path: "proxy.upstream_proxy.enabled"]?.bool == true else { return }
        let url = document[path: "proxy.upstream_proxy.url"]?.string ?? ""
        let schemes = ["http", "https", "socks5", "socks5h"]
        guard SettingForm.address(url.trimmed, schemes) != nil else {
            throw .bad(
                path: "proxy.upstream_proxy.url",
                complaint: "must be \(SettingForm.address(schemes: schemes).takes) while the proxy is enabled")
        }
    }

    /// Objects on the way to members, outer ones first: `proxy`, `proxy.scheduling`, `gateway.http`.
    private static let groups: [String] = {
        var groups: [String] = []
        for path in SettingsTable.members.compactMap(\.member) {
            let steps = path.split(separator: ".")
            for count in 1..<max(1, steps.count) {
                let group = steps.prefix(count).joined(separator: ".")
                if !groups.contains(group) { groups.append(group) }
            }
        }
        return groups
    }()
}
