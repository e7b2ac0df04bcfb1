import Transport

/// The HTTP client in force. Changed options make a new one; the old one lives until its last transfer has ended.
final class UpstreamClients {
    private var current: HTTPClient?
    private var retired: [HTTPClient] = []

    func client(_ options: ClientOptions) -> HTTPClient {
        if let current, current.options == options { return current }
        if let current { retired.append(current) }
        retired.removeAll { client in
            guard client.openCount == 0 else { return false }
            client.shutdown()
            return true
        }
        let client = HTTPClient(options: options)
        current = client
        return client
    }
}
