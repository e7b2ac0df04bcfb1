import Glibc
import JSON
import Platform

/// `doctor`: the running gateway looks at itself; without one the command looks at what it would start with.
nonisolated extension OperatorCommand {
    func doctor() throws(OperatorCall.Failure) -> Int32 {
        var findings: [Finding] = []
        do throws(OperatorCall.Failure) {
            let answer = try call("GET", "/api/system/doctor")
            guard answer.status == 200, let document = answer.json else { return refused(answer) }
            findings.append(running(document["version"]?.string ?? "unknown"))
            findings += (document["findings"]?.array ?? []).compactMap { Finding($0) }
        } catch .notRunning {
            findings.append(
                .trouble(
                    "gateway", "does not run, or its control socket is elsewhere",
                    "systemctl status antigravity-gateway; --socket names another socket"))
            findings += [settings, worker] + folder
        }
        if options.isJSON {
            _ = Self.show([
                "ok": .bool(!findings.contains { $0.verdict == .trouble }), "findings": .array(findings.map(\.json)),
            ])
        } else {
            _ = Self.show(Finding.text(findings))
        }
        return findings.contains { $0.verdict == .trouble } ? ExitCode.failed : ExitCode.done
    }

    private func running(_ version: String) -> Finding {
        version == ProductVersion.text
            ? .ok("gateway", "runs, version \(version)")
            : .notice(
                "gateway", "runs version \(version), this command is \(ProductVersion.text)",
                "systemctl restart antigravity-gateway")
    }

    // MARK: Without a gateway

    private var settings: Finding {
        do throws(SettingsError) {
            let unknown = try Settings.load(environment: environment).unknownVariables
            guard unknown.isEmpty else {
                return .notice(
                    "settings", "no setting reads \(unknown.joined(separator: " "))", "look for a typing error")
            }
            return .ok("settings", "those in this environment can be read")
        } catch {
            return .trouble("settings", "\(error)", "antigravity-supervisor --help lists them")
        }
    }

    private var worker: Finding {
        let set = try? Settings.load(environment: environment).workerExecutable  // said by `settings`
        let path = (set ?? nil) ?? WorkerExecutable.besideOurselves()
        guard access(path, X_OK) == 0 else {
            return .trouble("worker", "\(path) cannot be run", "install it, or set ANTIGRAVITY_WORKER")
        }
        return .ok("worker", path)
    }

    private var folder: [Finding] {
        guard let folder = DataFolder(options, environment: environment) else {
            return [.notice("data-folder", "there is none", "it is made at the first start; --data-dir names one")]
        }
        guard access(folder.path, F_OK) == 0 else {
            return [.notice("data-folder", "\(folder.path) is not there", "it is made at the first start")]
        }
        do throws(StorageError) {
            return try folder.asOwner { (archive) throws(StorageError) in
                [.ok("data-folder", folder.path), Self.room(folder.path)] + Self.databases(archive)
            }
        } catch .locked {
            return [
                .trouble(
                    "data-folder", "\(folder.path) is in use, and nobody answers at the control socket",
                    "a supervisor hangs, or its socket is elsewhere (--socket)")
            ]
        } catch {
            return [.trouble("data-folder", error.description, "it must belong to the gateway's user, with mode 0700")]
        }
    }

    private static func room(_ path: String) -> Finding {
        var facts = statvfs()
        guard statvfs(path, &facts) == 0 else { return .notice("disk", "its room is not known") }
        let free = Int(clamping: UInt64(facts.f_bavail) &* UInt64(facts.f_frsize))
        let text = "\(free >> 20) MiB free"
        if free < DiskReserve.byteCount { return .trouble("disk", text, "make room: changes would be refused") }
        return free < 256 << 20 ? .notice("disk", text, "telemetry.db may take 512 MiB and more") : .ok("disk", text)
    }

    private static func databases(_ archive: StateArchive) -> [Finding] {
        let backups = archive.backupPaths
        let newest = backups.first.map { "; the newest backup is \($0)" } ?? ""
        return [
            look("state", { () throws(StorageError) in try archive.inspect() }) {
                backups.isEmpty
                    ? "without a backup the gateway does not start; `restore FILE` puts a copy in its place"
                    : "the gateway restores the newest sound backup when it starts"
            },
            look("telemetry", { () throws(StorageError) in try archive.inspectTelemetry() }) {
                "the gateway puts it aside and goes on without it"
            },
            backups.isEmpty
                ? .notice("backups", "there is none") : .ok("backups", "\(backups.count)\(newest)"),
        ]
    }

    private static func look(
        _ subject: String, _ inspect: () throws(StorageError) -> StateArchive.Condition?, _ advice: () -> String
    ) -> Finding {
        do throws(StorageError) {
            guard let condition = try inspect() else { return .notice(subject, "\(subject).db is not there yet") }
            guard let damage = condition.damage else {
                return .ok(subject, "\(subject).db is sound, version \(condition.version)")
            }
            return .trouble(subject, "\(subject).db is damaged: \(damage)", advice())
        } catch {
            return .trouble(subject, error.description, "start the program that wrote it, or restore a backup")
        }
    }
}
