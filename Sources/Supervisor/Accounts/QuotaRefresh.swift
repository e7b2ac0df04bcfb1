import Scheduling

/// Reads the quota of all accounts, a few at a time.
final class QuotaRefresh {
    /// What came of it.
    nonisolated struct Summary: Sendable, Equatable {
        var total = 0
        var success = 0
        /// A line for people for each account that failed.
        var failures: [String] = []
    }

    private let store: AccountStore
    private let quota: QuotaReader
    private let flights = SingleFlight<Bool, Summary>()

    /// Accounts read at the same time.
    static let parallelMax = 5

    init(store: AccountStore, quota: QuotaReader) {
        self.store = store
        self.quota = quota
    }

    /// Reads every account that is not disabled; who asks while a run is under way gets its result.
    ///
    /// - Parameter includingForbidden: also accounts that Google last refused.
    func run(includingForbidden: Bool = false) async -> Summary {
        await flights.value(for: includingForbidden) { [self] in await readAll(includingForbidden) }
    }

    private func readAll(_ includingForbidden: Bool) async -> Summary {
        let ids = store.accounts.filter { account in
            account.kind == .codeAssist && account.disabled == nil
                && (includingForbidden || account.quota?.isForbidden != true)
        }.map(\.id)
        var answers: [String: QuotaReader.Answer] = [:]
        await withTaskGroup(of: (String, QuotaReader.Answer).self) { group in
            for (index, id) in ids.enumerated() {
                if index >= Self.parallelMax, let (id, answer) = await group.next() { answers[id] = answer }
                group.addTask { [quota] in (id, await quota.fetch(id)) }
            }
            for await (id, answer) in group { answers[id] = answer }
        }
        var summary = Summary(total: ids.count)
        for id in ids {
            switch answers[id] {
            case .success?: summary.success += 1
            case .failure(let failure)?:
                summary.failures.append("Account \(store[id]?.email ?? id): \(failure.text)")
            case nil: break
            }
        }
        return summary
    }
}

nonisolated extension QuotaReader.Failure {
    /// For people.
    var text: String {
        switch self {
        case .gone: "It was removed meanwhile."
        case .reauthorisation: "Google refuses its refresh token; its owner has to sign in again."
        case .client(let code): "The OAuth client is missing or refused: \(code)."
        case .upstream(status: 0): "Google could not be asked."
        case .upstream(let status): "Google answers with status \(status)."
        case .timeout: "Google did not answer in time."
        }
    }
}
