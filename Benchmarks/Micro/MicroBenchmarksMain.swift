import Digest
import HTTP
import JSON

/// Speed of the pure rooms on one core, in CPU time: best of several windows, since other programs disturb.
///
/// Prints one line a measurement: name, value, unit. `run.sh` reads them.
@main struct MicroBenchmarks {
    static func main() throws {
        let request = CodingRequest.make(sizeBytes: 1_000_000)
        let image = CodingRequest.withImage(sizeBytes: 5_000_000)
        let chunk = StreamChunk.text
        let tree = try JSONValue(parsing: request)

        try report("json.index.request", megabytes: request) { try JSONDocument(parsing: request).root.count }
        try report("json.index.image", megabytes: image) { try JSONDocument(parsing: image).root.count }
        try report("json.copy.request", megabytes: request) { try CodingRequest.rewrite(request).count }
        try report("json.tree.request", megabytes: request) { try JSONValue(parsing: request).object?.count ?? 0 }
        report("json.write.request", megabytes: request) { tree.serialized.count }
        try report("json.index.chunk", nanosecondsPer: 1) { try JSONDocument(parsing: chunk).root.count }
        try report("json.tree.chunk", nanosecondsPer: 1) { try JSONValue(parsing: chunk).object?.count ?? 0 }
        var output: [UInt8] = []
        try report("json.translate.chunk", nanosecondsPer: 1) {
            output.removeAll(keepingCapacity: true)
            try StreamChunk.translate(chunk, into: &output)
            return output.count
        }
        report("json.write.chunk", nanosecondsPer: 1) {
            output.removeAll(keepingCapacity: true)
            StreamChunk.write(StreamChunk.delta, into: &output)
            return output.count
        }
        var parser = ServerSentEventParser(lineSizeMaxBytes: 1 << 20)
        try report("http.event.parse", nanosecondsPer: 1) {
            try HTTPMessages.countEvents(&parser, HTTPMessages.event)
        }
        try report("http.head.parse", nanosecondsPer: 1) { try HTTPMessages.parseHead() }
        report("digest.sha256.megabyte", megabytes: request) { Int(SHA256.hash(request)[0]) }

        var scheduling = SchedulingLoad()
        report("schedule.known", nanosecondsPer: 2) { scheduling.known() }
        report("schedule.new", nanosecondsPer: 2) { scheduling.new() }
        var crowded = SchedulingLoad(isCrowded: true)
        report("schedule.crowded", nanosecondsPer: 2) { crowded.new() }

        var translating = try Translating()
        try report("translate.request.small", nanosecondsPer: 1) { try translating.request(ClientRequests.smallChat) }
        try report("translate.request.large", megabytes: request) { try translating.request(request) }
        try report("translate.event", nanosecondsPer: 1) { try translating.event(HTTPMessages.event) }
        for client in try ClientRequests.all() { try measure(client) }
    }

    /// Events a second of one stream, and the request of a coding client, in one dialect.
    private static func measure(_ client: ClientRequests) throws {
        var translating = try Translating(client.dialect, answering: client.small)
        let seconds = try Stopwatch.secondsPerCall { try translating.event(HTTPMessages.event) }
        print("translate.event.\(client.name) \(Int(1 / seconds)) events/s")
        guard let coding = client.coding else { return }
        try report("translate.request.\(client.name)", megabytes: coding) { try translating.request(coding) }
    }

    private static func report(_ name: String, megabytes text: [UInt8], _ body: () throws -> Int) rethrows {
        let seconds = try Stopwatch.secondsPerCall(body)
        print("\(name) \(Int(Double(text.count) / seconds / 1e6)) MB/s")
    }

    private static func report(_ name: String, nanosecondsPer calls: Int, _ body: () throws -> Int) rethrows {
        let seconds = try Stopwatch.secondsPerCall(body)
        print("\(name) \(Int(seconds * 1e9) / calls) ns")
    }
}
