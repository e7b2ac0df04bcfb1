import HTTP
import Platform
import Transport

/// Plays a plan on a connection, and notes in the record what became of it.
enum AnswerPlayer {
    /// A wait is cut into slices, so that a client that has gone is noticed.
    private static let sliceMilliseconds = 200
    /// A stalled answer is given up after this long.
    private static let stallMaxMilliseconds = 600_000
    /// Without pauses, others get their turn after so many events.
    private static let eventsPerTurnMax = 32

    static func play(_ plan: AnswerPlan, on connection: ServerConnection, _ record: RequestRecord) async {
        record.status = plan.status
        connection.onPeerGone = { record.cancel() }
        defer {
            connection.onPeerGone = nil
            record.finish()
        }
        guard await wait(plan.delayMilliseconds, connection) else { return }
        if plan.dropsBeforeHead { return connection.abort() }
        var head = ResponseHead(status: plan.status)
        head.fields.add("content-type", plan.contentType)
        for header in plan.headers { head.fields.add(header.name, header.value) }
        switch plan.body {
        case .whole(let body):
            record.byteCount = body.count
            await connection.respond(head, body: body)
        case .stream(let steps, let end):
            connection.startStream(head)
            // The head alone: clients wait for it, and a stall may follow.
            guard await connection.flush(), await stream(steps, connection, record) else { return }
            await finish(end, connection)
        }
    }

    private static func stream(
        _ steps: [AnswerPlan.Step], _ connection: ServerConnection, _ record: RequestRecord
    ) async -> Bool {
        for (index, step) in steps.enumerated() {
            guard await wait(step.delayMilliseconds, connection) else { return false }
            var rest = step.bytes[...]
            for size in step.pieces where rest.count > size && size > 0 {
                connection.write(Array(rest.prefix(size)))
                rest = rest.dropFirst(size)
                guard await connection.flush() else { return false }
                await Task.yield()
            }
            connection.write(Array(rest))
            guard await connection.flush() else { return false }
            record.eventCount += 1
            record.byteCount += step.bytes.count
            if step.delayMilliseconds == 0, index % eventsPerTurnMax == eventsPerTurnMax - 1 { await Task.yield() }
        }
        return true
    }

    private static func finish(_ end: AnswerPlan.End, _ connection: ServerConnection) async {
        switch end {
        case .finish: await connection.endStream()
        case .close: await connection.close()
        case .reset: connection.abort()
        case .stall:
            _ = await wait(stallMaxMilliseconds, connection)
            connection.abort()
        }
    }

    /// False if the client has gone meanwhile.
    private static func wait(_ milliseconds: Int, _ connection: ServerConnection) async -> Bool {
        var left = milliseconds
        while left > 0, !connection.isPeerGone {
            let slice = min(left, sliceMilliseconds)
            do {
                try await Task.sleep(for: .milliseconds(slice))
            } catch {
                return false
            }
            left -= slice
        }
        return !connection.isPeerGone
    }
}
