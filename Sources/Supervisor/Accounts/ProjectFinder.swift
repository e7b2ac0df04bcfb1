import GoogleAPI
import Platform

/// Finds the Google Cloud project of an account: asks for its standing, and onboards it when it has none.
final class ProjectFinder {
    /// What was found out. `project` nil: Google gave none; calls go without one, none is ever invented.
    struct Finding: Sendable, Equatable {
        var project: String?
        var tier: String?
        /// False: the service could not be asked.
        var isAnswered: Bool
    }

    private let calls: GoogleCalls
    private let flights = SingleFlight<String, Finding>()
    private let pause: Duration

    /// - Parameter pause: between two looks at an onboarding that is not done.
    init(calls: GoogleCalls, pause: Duration = .seconds(OnboardUser.pollPauseSeconds)) {
        self.calls = calls
        self.pause = pause
    }

    /// - Parameter key: whose standing it is; simultaneous questions about one account are asked once.
    func find(_ key: String, accessToken: String) async -> Finding {
        await flights.value(for: key) { [self] in await ask(accessToken) }
    }

    private func ask(_ accessToken: String) async -> Finding {
        let reply = await calls.codeAssist(LoadCodeAssist.method, LoadCodeAssist.encode(), accessToken: accessToken)
        guard let document = reply.document else { return Finding(project: nil, tier: nil, isAnswered: false) }
        let standing = LoadCodeAssist.decode(document)
        var finding = Finding(project: standing.project, tier: standing.subscriptionTier, isAnswered: true)
        if finding.project == nil { finding.project = await onboard(standing, accessToken) }
        return finding
    }

    private func onboard(_ standing: CodeAssistStanding, _ accessToken: String) async -> String? {
        let body = OnboardUser.encode(tierID: standing.onboardingTier)
        var reply = await calls.codeAssist(OnboardUser.method, body, accessToken: accessToken)
        for _ in 0..<OnboardUser.pollCountMax {
            guard let document = reply.document else { return nil }
            switch OnboardUser.decode(document) {
            case .done(let project): return project
            case .failed: return nil
            case .pending(let operation):
                try? await Task.sleep(for: pause)  // only cancellation throws, and nobody cancels a flight
                if let operation {
                    reply = await calls.operation(operation, accessToken: accessToken)
                } else {
                    reply = await calls.codeAssist(OnboardUser.method, body, accessToken: accessToken)
                }
            }
        }
        return nil
    }
}
