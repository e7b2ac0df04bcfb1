/// What was found in a file or folder of another program. Holds secrets: never printed.
nonisolated struct ImportSource: Sendable, Equatable {
    nonisolated struct Login: Sendable, Equatable {
        /// Names the login to the operator; never a secret.
        let name: String
        let refreshToken: String
        /// Counts where Google does not say whose login it is.
        var email: String?
        var project: String?
    }

    /// Something in the source that holds no login, and why.
    nonisolated struct Skipped: Sendable, Equatable {
        let name: String
        let reason: String
    }

    var logins: [Login] = []
    var skipped: [Skipped] = []

    /// Adds a login unless its token is there already or cannot be one.
    mutating func add(_ login: Login) {
        guard (1...4096).contains(login.refreshToken.utf8.count) else {
            skip(login.name, "its refresh token is too long")
            return
        }
        guard !logins.contains(where: { $0.refreshToken == login.refreshToken }) else {
            skip(login.name, "the same login comes twice")
            return
        }
        guard logins.count < AccountStore.countMax else {
            skip(login.name, "there are more than \(AccountStore.countMax) logins")
            return
        }
        logins.append(login)
    }

    mutating func skip(_ name: String, _ reason: String) {
        if skipped.count < AccountStore.countMax { skipped.append(Skipped(name: Self.shown(name), reason: reason)) }
    }

    /// A name out of a foreign file as it may be shown.
    static func shown(_ name: String) -> String { name.count <= 200 ? name : String(name.prefix(200)) + "…" }
}

/// Why nothing can be imported from a place.
nonisolated enum ImportError: Error, Sendable, Equatable {
    /// None of these is there.
    case missing([String])
    /// It is there and cannot be used.
    case unreadable(String, why: String)
    /// It is sound and nobody is logged in.
    case noLogin(String)
}
