import Glibc
import JSON
import Platform

/// The operator's command: one call of the running gateway, or none, and an answer for people or programs.
nonisolated struct OperatorCommand {
    let options: OperatorOptions
    let environment: [String: String]
    let call: OperatorCall

    init(_ options: OperatorOptions, environment: [String: String]) {
        self.options = options
        self.environment = environment
        // Settings that cannot be read have no data folder; the installed gateway may run all the same.
        let folder = try? Settings.load(environment: environment).dataDirectory
        let found = ControlPath.candidates(environment, dataDirectory: folder)
        call = OperatorCall(sockets: options.socket.map { [$0] } ?? found)
    }

    /// What the words ask for: prints the answer and gives the exit status.
    static func run(_ words: [String], environment: [String: String]) -> Int32 {
        switch words.first {
        case "--help", "-h", "help": return show(OperatorManual.help)
        case "--print-manual-page": return show(OperatorManual.page)
        case "--print-completion": return show(OperatorManual.completion)
        case "--version": return OperatorCommand.run(["version"], environment: environment)
        default: break
        }
        do throws(OperatorOptions.Complaint) {
            return OperatorCommand(try OperatorOptions(words), environment: environment).run()
        } catch {
            complain("\(error.text); see antigravity-gateway --help")
            return ExitCode.usage
        }
    }

    private func run() -> Int32 {
        do throws(OperatorCall.Failure) {
            switch options.action {
            case .status: return try status()
            case .health: return try health()
            case .doctor: return try doctor()
            case .logs: return try logs()
            case .backup: return try backup()
            case .restore: return restore()
            case .reload: return try reload()
            case .metrics: return try show(call("GET", "/metrics")) { $0.body }
            case .version: return version()
            case .wait: return wait()
            case .checkConfiguration: return checkConfiguration()
            case .clients: return clients()
            }
        } catch {
            Self.complain(error.text)
            return error.exitCode
        }
    }

    // MARK: Verbs

    private func status() throws(OperatorCall.Failure) -> Int32 {
        let (service, accounts) = (try call("GET", "/api/proxy/status"), try call("GET", "/api/accounts"))
        for answer in [service, accounts] where answer.status != 200 { return refused(answer) }
        let document = JSONValue.object([
            "service": service.json ?? .null, "accounts": accounts.json?["accounts"] ?? .array([]),
        ])
        if options.isJSON { return Self.show(document) }
        return Self.show(StatusText.render(document, now: WallClock.unixSeconds))
    }

    private func health() throws(OperatorCall.Failure) -> Int32 {
        let answer = try call("GET", "/api/health")
        guard let document = answer.json else { return refused(answer) }
        if options.isJSON {
            _ = Self.show(document)
        } else {
            let reasons = document["reasons"]?.array?.compactMap(\.string) ?? []
            _ = Self.show(([document["status"]?.string ?? "unknown"] + reasons).joined(separator: " ") + "\n")
        }
        return document["status"] == "ok" ? ExitCode.done : ExitCode.failed
    }

    private func reload() throws(OperatorCall.Failure) -> Int32 {
        Self.complain("reloading")
        let answer = try call("POST", "/api/proxy/reload")
        guard answer.status == 200 else { return refused(answer) }
        return options.isJSON ? show(answer) { $0.body + [10] } : Self.show("reloaded\n")
    }

    private func version() -> Int32 {
        let running = try? call("GET", "/api/health")  // a gateway that does not run has no version
        let theirs = running?.json?["version"]?.string
        if options.isJSON {
            return Self.show([
                "version": .string(ProductVersion.text), "running": theirs.map { .string($0) } ?? .null,
            ])
        }
        return Self.show("antigravity-gateway \(ProductVersion.text)\(theirs.map { ", running \($0)" } ?? "")\n")
    }

    private func wait() -> Int32 {
        let seconds = options.timeoutSeconds ?? OperatorVerb.waitSeconds
        let deadline = MonotonicInstant.now + .seconds(seconds)
        while true {
            var code = ExitCode.failed
            var what = "the gateway is not ready"
            do throws(OperatorCall.Failure) {
                if try call("GET", "/api/health").json?["status"] == "ok" { return ExitCode.done }
            } catch {
                (code, what) = (error.exitCode, error.text)
            }
            guard MonotonicInstant.now < deadline, code != ExitCode.notPermitted else {
                Self.complain(what)
                return code
            }
            usleep(100_000)
        }
    }

    private func checkConfiguration() -> Int32 {
        var complaint: String?
        var unknown: [String] = []
        do throws(SettingsError) {
            unknown = try Settings.load(environment: environment).unknownVariables
        } catch {
            complaint = "\(error)"
        }
        if options.isJSON {
            _ = Self.show([
                "ok": .bool(complaint == nil), "error": complaint.map { .string($0) } ?? .null,
                "unknown_variables": .array(unknown.map { .string($0) }),
            ])
        } else {
            for name in unknown { Self.complain("no setting reads \(name)") }
            complaint.map { Self.complain($0) }
        }
        return complaint == nil ? ExitCode.done : ExitCode.configuration
    }

    // MARK: Answers

    func refused(_ answer: OperatorCall.Answer) -> Int32 {
        Self.complain(answer.json?["error"]?.string ?? "the gateway answers \(answer.status)")
        switch answer.status {
        case 401, 403: return ExitCode.notPermitted
        case 429, 503: return ExitCode.busy
        default: return ExitCode.failed
        }
    }

    func show(_ answer: OperatorCall.Answer, _ bytes: (OperatorCall.Answer) -> [UInt8]) -> Int32 {
        guard answer.status == 200 else { return refused(answer) }
        return Self.write(bytes(answer), to: 1)
    }

    static func show(_ value: JSONValue) -> Int32 { write(value.serialized + [10], to: 1) }

    static func show(_ text: String) -> Int32 { write(Array(text.utf8), to: 1) }

    static func complain(_ text: String) { _ = write(Array("antigravity-gateway: \(text)\n".utf8), to: 2) }

    static func write(_ bytes: [UInt8], to descriptor: CInt) -> Int32 {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return ExitCode.failed }
            rest = rest.dropFirst(count)
        }
        return ExitCode.done
    }
}
