/// Takes secrets out of a request target before it is kept anywhere.
public enum SecretQuery {
    private static let names: Set<String> = ["key", "api_key", "access_token", "token"]

    /// The target with the values of secret query items replaced, however their names are spelled.
    public static func hidden(in target: String) -> String {
        guard let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) else { return target }
        let items = target[target.index(after: mark)...].split(separator: "&", omittingEmptySubsequences: false)
        guard items.contains(where: isSecret) else { return target }
        let hidden = items.map { isSecret($0) ? "\($0.prefix { $0 != "=" })=***" : String($0) }
        return target[...mark] + hidden.joined(separator: "&")
    }

    private static func isSecret(_ item: Substring) -> Bool {
        let name = String(item.prefix { $0 != "=" })
        if names.contains(name) { return true }
        return names.contains((PercentCoding.decode(name) ?? name).lowercased())
    }
}
