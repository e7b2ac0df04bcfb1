import IPC
import Translation

extension UpstreamTarget {
    /// Where an attempt under this lease goes.
    ///
    /// - Parameter asked: the model that the lease was asked for.
    /// - Returns: nil when the API of the lease's account has no such model.
    nonisolated init?(
        _ lease: HeldLease, asked: TargetModel, snapshot: WorkerSnapshot, sessionID: String? = nil,
        signatures: KnownSignatures = .none, repair: RequestRepair? = nil
    ) {
        let terms = lease.terms
        let settings = snapshot.document.translation
        switch terms.accountKind {
        case .codeAssist:
            self.init(
                model: asked.id == terms.upstreamModel ? asked : snapshot.router.table.target(terms.upstreamModel),
                project: terms.projectID, requestID: Identifiers.uuid(), sessionID: sessionID, signatures: signatures,
                repair: repair, settings: settings)
        case .geminiKey:
            guard let model = snapshot.publicModels.target(for: terms.upstreamModel) else { return nil }
            self.init(
                model: model, project: nil, requestID: "", sessionID: sessionID, signatures: signatures, repair: repair,
                settings: settings, api: .gemini)
        }
    }

    /// The same place for one more sending: Code Assist takes no request id twice.
    nonisolated var again: UpstreamTarget {
        var target = self
        if !self.requestID.isEmpty { target.requestID = Identifiers.uuid() }
        return target
    }
}

extension HeldLease {
    /// What must not appear in texts of the upstream that go to clients.
    nonisolated var hidden: [String] {
        switch terms.accountKind {
        case .codeAssist: terms.projectID.map { [$0] } ?? []
        case .geminiKey: [terms.credential.value]
        }
    }
}
