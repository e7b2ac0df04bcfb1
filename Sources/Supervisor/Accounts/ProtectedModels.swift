import Scheduling

/// Which models of an account the operator's quota protection holds back, as the admin API names them. It asks the
/// scheduler's own table of quotas, so that what is shown is what is held back.
nonisolated struct ProtectedModels: Sendable, Equatable {
    var settings = QuotaProtection()
    var keys = QuotaKeys()

    /// The names under which front ends look for a shared quota.
    private static let standardIDs = [
        "flash": "gemini-3-flash", "pro": "gemini-3-pro-high", "claude": "claude-sonnet-4-5",
        "pro-image": "gemini-3-pro-image",
    ]
    /// What an older scheme wrote when it took a whole account out for its quota.
    static let legacyReason = "quota_protection"

    /// The standard ids of the monitored quotas that are at the threshold or below; of several models that share a quota
    /// the least counts. Sorted.
    func ids(of record: QuotaRecord) -> [String] {
        var least: [String: Int] = [:]
        for model in record.models {
            let key = keys.key(of: model.name)
            least[key] = min(least[key] ?? model.percentage, model.percentage)
        }
        var ids: Set<String> = []
        for model in settings.monitoredModels {
            let key = keys.key(of: model)
            if let left = least[key], left <= settings.thresholdPercentage {
                ids.insert(Self.standardIDs[key] ?? model)
            }
        }
        return ids.sorted()
    }

    /// Brings the account's list up to its quota record. While protection is off the list stays as it is and counts for
    /// nothing.
    func apply(to account: inout Account) {
        guard settings.isEnabled, let record = account.quota else { return }
        account.protectedModels = ids(of: record)
        if account.proxyDisabled?.reason == Self.legacyReason { account.proxyDisabled = nil }
    }
}
