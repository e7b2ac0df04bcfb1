import JSON
import Platform

/// What the running gateway finds when it looks at itself, for the operator's `doctor`.
final class DoctorAPI {
    private let store: AccountStore
    private let adder: AccountAdder
    private let database: Database
    private let traffic: TrafficLog
    private let facts: ServiceFacts

    /// A daily backup that is older than this was missed.
    static let backupAgeMax = 2 * 86_400

    init(store: AccountStore, adder: AccountAdder, database: Database, traffic: TrafficLog, facts: ServiceFacts) {
        self.store = store
        self.adder = adder
        self.database = database
        self.traffic = traffic
        self.facts = facts
    }

    /// `GET /api/system/doctor`
    func look(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        let findings = [health, client] + accounts + tunnel + storage + [await backups, log]
        return .json(["version": .string(ProductVersion.text), "findings": .array(findings.map(\.json))])
    }

    private var health: Finding {
        let reasons = facts.workers?.healthReasons ?? ["starting"]
        guard !reasons.isEmpty else { return .ok("health", "the workers serve") }
        return .trouble(
            "health", "degraded: \(reasons.joined(separator: ", "))",
            "`antigravity-gateway status` shows the workers, the journal why they end")
    }

    private var client: Finding {
        guard !adder.missingSettings.isEmpty else { return .ok("oauth-client", "is set") }
        return .trouble(
            "oauth-client", "\(adder.missingSettings.joined(separator: " and ")) not set: no token can be refreshed",
            "set them, then `antigravity-gateway reload`")
    }

    private var accounts: [Finding] {
        guard !store.accounts.isEmpty else {
            return [.notice("accounts", "there are none", "add one in the console, or over POST /api/accounts")]
        }
        let serving = "\(store.pooledCount) of \(store.accounts.count) serve requests"
        let first: Finding =
            store.pooledCount > 0
            ? .ok("accounts", serving)
            : .trouble("accounts", serving, "sign in again to one of them, or switch one on")
        return [first]
            + store.accounts.filter { $0.disabled != nil }.map { account in
                .notice(
                    "account", "\(account.email) is disabled: \(account.disabled?.reason ?? "no reason is known")",
                    "sign in to it again")
            }
    }

    private var tunnel: [Finding] {
        guard facts.hasTunnelFailed() else { return [] }
        return [
            .trouble(
                "tunnel", "is wanted, but cloudflared does not run and is not started again",
                "GET /api/proxy/cloudflared/status says why; then start or stop it over the same API")
        ]
    }

    private var storage: [Finding] {
        let storage = facts.storage()
        var findings: [Finding] = []
        if storage.isFull {
            findings.append(
                .trouble(
                    "disk", "there is no room: changes are refused, requests go on",
                    "make room on the disk of \(database.folderPath)"))
        } else {
            findings.append(.ok("disk", "there is room in \(database.folderPath)"))
        }
        if let backup = storage.restoredFrom {
            findings.append(
                .notice(
                    "state", "was damaged and restored from \(backup)",
                    "look whether accounts and configuration are those you expect; the damaged file is beside it"))
        } else {
            findings.append(.ok("state", "state.db is in use"))
        }
        if storage.isTelemetryRefused {
            findings.append(
                .trouble(
                    "telemetry",
                    "telemetry.db cannot be opened: nothing is added to the traffic log and the statistics",
                    "the journal says why (telemetry-failed); it is tried again every few seconds"))
        }
        if storage.isTelemetryEmptied {
            findings.append(
                .notice(
                    "telemetry", "telemetry.db could not be used: the traffic log and the statistics began anew",
                    "the old file is \(database.telemetryPath).lost; remove it if nobody needs it"))
        }
        return findings
    }

    private var backups: Finding {
        get async {
            guard let newest = await database.newestBackupTime() else {
                return .notice(
                    "backups", "there is none yet", "the first is made within a day; `backup FILE` makes one now")
            }
            let age = max(0, WallClock.unixSeconds - newest)
            let text = "the newest is \(StatusText.duration(age)) old"
            return age <= Self.backupAgeMax
                ? .ok("backups", text)
                : .trouble("backups", text, "the journal says why none was made (backup-failed)")
        }
    }

    private var log: Finding {
        guard traffic.droppedRecords > 0 else { return .ok("traffic-log", "no record was dropped") }
        return .notice(
            "traffic-log", "\(traffic.droppedRecords) records were dropped since the start",
            "the disk is too slow or full for what comes")
    }
}
