import Platform

/// One login: from the consent page's address to the account, or to why there is none.
nonisolated struct LoginFlow: Sendable {
    /// The random text that goes to Google and comes back; whoever knows it may finish this login.
    let state: String
    let redirectURI: String
    /// Of the consent page.
    let url: String
    let startedAt: MonotonicInstant
    var standing = Standing.pending

    enum Standing: Sendable {
        case pending
        /// A code has come and is being exchanged.
        case exchanging
        /// With the account's id.
        case done(account: String)
        case failed(AdminError)
        case expired
    }

    var isPending: Bool { if case .pending = standing { true } else { false } }

    /// Whether nothing more will happen to it.
    var isOver: Bool {
        switch standing {
        case .pending, .exchanging: false
        case .done, .failed, .expired: true
        }
    }
}
