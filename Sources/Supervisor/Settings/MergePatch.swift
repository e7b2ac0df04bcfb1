import JSON

/// RFC 7396: what a patch object says of a document.
nonisolated enum MergePatch {
    static func apply(_ patch: JSONObject, to target: JSONObject) -> JSONObject {
        var result = target
        for (name, value) in patch.members {
            switch value {
            case .null: result.remove(name)
            case .object(let inner): result[name] = .object(apply(inner, to: result[name]?.object ?? [:]))
            default: result[name] = value
            }
        }
        return result
    }
}
