import APIErrors
import Platform
import Scheduling

/// `GET /metrics`: what the gateway counts, for Prometheus and what reads its format.
final class MetricsAPI {
    private let leases: LeaseDesk
    private let signatures: SignatureStore
    private let traffic: TrafficLog
    private let facts: ServiceFacts
    private let startedAt = MonotonicInstant.now

    init(leases: LeaseDesk, signatures: SignatureStore, traffic: TrafficLog, facts: ServiceFacts) {
        self.leases = leases
        self.signatures = signatures
        self.traffic = traffic
        self.facts = facts
    }

    func read(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        var page = MetricsText()
        page.add(
            "info", .gauge, "The version that runs.", [MetricsText.Sample(1, ("version", ProductVersion.text))])
        page.add(
            "uptime_seconds", .gauge, "Since the supervisor started.",
            Int((MonotonicInstant.now - startedAt).components.seconds))
        addAttempts(&page)
        addTimes(&page)
        addPool(&page)
        addProcesses(&page)
        addSignatures(&page)
        addTraffic(&page)
        return AdminAnswer(contentType: MetricsText.contentType, body: Array(page.text.utf8))
    }

    private func addAttempts(_ page: inout MetricsText) {
        let meter = leases.meter
        var attempts = meter.attempts
        // No worker can report its own death.
        attempts[.workerLost, default: 0] += leases.totals.lostLeases
        let classes = AttemptClass.allCases.map { ($0, AdminRequest.snakeCase("\($0)")) }
        page.add(
            "attempts_total", .counter, "Ended leases, by the class of their outcome.",
            classes.map { MetricsText.Sample(attempts[$0] ?? 0, ("class", $1)) })
        page.add(
            "retries_total", .counter, "Further attempts, by the class of the failure they follow.",
            classes.map { MetricsText.Sample(meter.retries[$0] ?? 0, ("class", $1)) })
        page.add(
            "denials_total", .counter, "Requests that the scheduler ended, by what the client is told.",
            Situation.allCases.map {
                MetricsText.Sample(meter.denials[$0] ?? 0, ("reason", AdminRequest.snakeCase("\($0)")))
            })
        page.add("waits_total", .counter, "Requests that had to wait for an account.", meter.waits)
    }

    private func addTimes(_ page: inout MetricsText) {
        let meter = leases.meter
        page.add(
            "first_content_seconds", "From the start of an attempt to its first content.", meter.firstContent)
        page.add("exchanges_total", .counter, "Ended requests that asked for a lease.", meter.exchanges)
        let times = [
            ("upstream_seconds_total", "Of ended requests, with the upstream.", meter.upstreamMilliseconds),
            (
                "waiting_seconds_total", "Of ended requests, until a lease was there and its time had come.",
                meter.waitingMilliseconds
            ),
            ("own_seconds_total", "Of ended requests, neither with the upstream nor waiting.", meter.ownMilliseconds),
        ]
        for (name, help, milliseconds) in times {
            page.add(name, .counter, help, [MetricsText.Sample(Double(milliseconds) / 1000)])
        }
    }

    private func addPool(_ page: inout MetricsText) {
        let (views, totals) = (leases.views, leases.totals)
        let states = views.reduce(into: [String: Int]()) { $0[$1.state.word, default: 0] += 1 }
        page.add(
            "accounts", .gauge, "Accounts, by state.",
            AccountState.words.map { MetricsText.Sample(states[$0] ?? 0, ("state", $0)) })
        let cells = views.flatMap(\.cells).reduce(into: [AccountView.Standing: Int]()) {
            $0[$1.standing, default: 0] += 1
        }
        page.add(
            "cells", .gauge, "Pairs of account and quota that are not simply ready, by state.",
            AccountView.Standing.allCases.filter { $0 != .ready }.map {
                MetricsText.Sample(cells[$0] ?? 0, ("state", $0.rawValue))
            })
        page.add("leases_in_flight", .gauge, "Leases that are out.", totals.leases)
        page.add("requests_waiting", .gauge, "Requests that wait for an account.", totals.waiters)
        page.add("bindings", .gauge, "Conversations that keep an account.", totals.bindings)
        page.add("bodies_quarantined", .gauge, "Bodies that are refused for a while.", totals.quarantined)
        page.add(
            "retry_tokens", .gauge, "Retries in hand.", [MetricsText.Sample(totals.retryTokens)])
    }

    private func addProcesses(_ page: inout MetricsText) {
        let workers = facts.workers?.statuses ?? []
        let states = workers.reduce(into: [WorkerStatus.State: Int]()) { $0[$1.state, default: 0] += 1 }
        page.add(
            "workers", .gauge, "Worker processes, by state.",
            WorkerStatus.State.allCases.map { MetricsText.Sample(states[$0] ?? 0, ("state", $0.rawValue)) })
        page.add(
            "worker_restarts_total", .counter, "Processes that took the place of another one.",
            Dictionary(workers.map { ($0.id, $0.restarts) }, uniquingKeysWith: max).values.reduce(0, +))
        page.add(
            "resident_bytes", .gauge, "Memory of each process.",
            [MetricsText.Sample(ProcessFacts.residentBytes() ?? 0, ("process", "supervisor"), ("pid", "self"))]
                + workers.filter { $0.pid > 0 }.map {
                    MetricsText.Sample($0.residentBytes, ("process", "worker"), ("pid", "\($0.pid)"))
                })
        page.add(
            "requests_open", .gauge, "Requests that workers are serving.",
            workers.reduce(0) { $0 + $1.activeRequests })
        page.add(
            "records_dropped_total", .counter, "Log records that a worker's full channel did not take.",
            workers.filter { $0.pid > 0 }.map { MetricsText.Sample($0.droppedRecords, ("pid", "\($0.pid)")) })
        let reasons = facts.workers?.healthReasons ?? ["starting"]
        page.add(
            "degraded", .gauge, "What keeps health from being `ok`.",
            reasons.map { MetricsText.Sample(1, ("reason", $0)) })
    }

    private func addSignatures(_ page: inout MetricsText) {
        page.add("signatures", .gauge, "Thought signatures in memory.", signatures.memoryCount)
        page.add("signature_bytes", .gauge, "Memory that they take.", signatures.memoryByteCount)
        page.add(
            "signature_changes_lost_total", .counter, "Changes that a slow disk did not take.", signatures.lostChanges)
    }

    private func addTraffic(_ page: inout MetricsText) {
        page.add(
            "traffic_records_dropped_total", .counter, "Records of the traffic log that could not be stored.",
            traffic.droppedRecords)
        page.add(
            "traffic_bodies_dropped_total", .counter, "Bodies that were not kept, because too many came.",
            traffic.droppedBodies)
        page.add("traffic_waiting_bytes", .gauge, "Of records that wait for the database.", traffic.waitingBytes)
        let storage = facts.storage()
        page.add("storage_full", .gauge, "1 while changes are refused for want of room.", storage.isFull ? 1 : 0)
        page.add(
            "telemetry_emptied", .gauge, "1 if what was stored beside the state could not be used.",
            storage.isTelemetryEmptied ? 1 : 0)
    }
}
