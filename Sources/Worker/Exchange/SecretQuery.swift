/// Takes secrets out of a request target before it is kept anywhere.
nonisolated enum SecretQuery {
    private static let names: Set<Substring> = ["key", "api_key", "access_token", "token"]

    /// The target with the values of secret query items replaced.
    static func hidden(in target: String) -> String {
        guard let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) else { return target }
        let items = target[target.index(after: mark)...].split(separator: "&", omittingEmptySubsequences: false)
        guard items.contains(where: { names.contains($0.prefix { $0 != "=" }) }) else { return target }
        let hidden = items.map { item -> String in
            let name = item.prefix { $0 != "=" }
            return names.contains(name) ? "\(name)=***" : String(item)
        }
        return target[...mark] + hidden.joined(separator: "&")
    }
}
