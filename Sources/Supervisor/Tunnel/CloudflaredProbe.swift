import HTTP
import JSON
import Platform
import Transport

/// What a running cloudflared tells of itself at the address we gave it for that.
///
/// Source: cloudflared, `metrics/readiness.go` and `/quicktunnel`.
final class CloudflaredProbe {
    static let limit = Duration.seconds(2)
    private static let answerSizeMaxBytes = 65_536

    /// Without any proxy: the address is this machine's.
    private let client = HTTPClient(options: ClientOptions(connectionsMax: 1))

    /// Connections with Cloudflare; nil if it does not answer.
    func connections(port: UInt16) async -> Int? {
        guard let answer = await get("/ready", port: port), [200, 503].contains(answer.status) else { return nil }
        let count = answer.document?["readyConnections"]?.int ?? (answer.status == 200 ? 1 : 0)
        return answer.status == 200 ? max(count, 1) : 0
    }

    /// The name that Cloudflare has given a quick tunnel; nil if there is none yet.
    func hostname(port: UInt16) async -> String? {
        guard let answer = await get("/quicktunnel", port: port), answer.status == 200,
            let name = answer.document?["hostname"]?.string, SettingForm.isHost(name)
        else { return nil }
        return name
    }

    func shutdown() { client.shutdown() }

    private func get(_ path: String, port: UInt16) async -> (status: Int, document: JSONObject?)? {
        let exchange = client.start(
            ClientRequest(method: .get, url: "http://127.0.0.1:\(port)\(path)", connectTimeout: Self.limit))
        let timer = LoopTimer { exchange.cancel() }
        timer.set(after: Self.limit)
        defer { timer.cancel() }
        do throws(ClientError) {
            let head = try await exchange.head()
            let body = try await exchange.collect(sizeMaxBytes: Self.answerSizeMaxBytes)
            // An answer that is no JSON still has its status.
            return (head.status, (try? JSONValue(parsing: body))?.object)
        } catch {
            return nil
        }
    }
}
