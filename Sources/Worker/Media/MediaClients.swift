import HTTP
import Transport

/// HTTP clients that bring media from hosts that requests name: one that reaches public hosts alone, and one for those that
/// the operator has listed. Neither keeps a connection, so that none outlives the setting it was made under.
final class MediaClients {
    private let toPublicHosts = UpstreamClients()
    private let toListedHosts = UpstreamClients()

    func client(for url: HTTPURL, by document: WorkerSnapshot.Document) -> HTTPClient {
        let isListed = document.remoteMedia.hosts.contains(HostName.bare(url.authority))
        let options = ClientOptions(
            caFile: document.client.caFile, connectionsMax: 0, reachesOnlyPublicHosts: !isListed)
        return (isListed ? toListedHosts : toPublicHosts).client(options)
    }
}
