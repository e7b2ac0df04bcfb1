import JSON

nonisolated extension QuotaRecord {
    /// The record as it is stored and shown.
    var json: JSONValue {
        [
            "models": .array(
                models.map {
                    ["name": .string($0.name), "percentage": .int($0.percentage), "reset_time": .string($0.resetTime)]
                }),
            "last_updated": .int(lastUpdated),
            "is_forbidden": .bool(isForbidden),
            "subscription_tier": subscriptionTier.map { .string($0) } ?? .null,
        ]
    }

    /// Nil if the value is no record. Numbers that no record can have are brought within their bounds.
    init?(_ value: JSONValue) {
        guard let updated = value["last_updated"]?.int, let models = value["models"]?.array else { return nil }
        self.models = models.compactMap { model in
            guard let name = model["name"]?.string, let percentage = model["percentage"]?.int else { return nil }
            return Model(
                name: name, percentage: min(max(0, percentage), 100),
                resetTime: model["reset_time"]?.string ?? "")
        }
        lastUpdated = StoredSeconds.clamped(updated)
        isForbidden = value["is_forbidden"]?.bool ?? false
        subscriptionTier = value["subscription_tier"]?.string
    }
}
