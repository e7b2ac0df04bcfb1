/// Everything an operator can set, in the order of the reference.
nonisolated enum SettingsTable {
    static let all: [Setting] = process + document + gateway

    /// Rows with a place in the configuration document.
    static let members: [Setting] = all.filter { $0.member != nil }

    /// The row of a member, by its path.
    static func row(_ member: String) -> Setting? { byMember[member] }

    private static let byMember: [String: Setting] = Dictionary(
        uniqueKeysWithValues: members.map { ($0.member ?? "", $0) })
}
