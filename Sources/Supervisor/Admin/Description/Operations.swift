/// The description of every route, in the order of the route table. A test holds the two together.
nonisolated enum Operations {
    /// A chapter of the reference.
    struct Section: Sendable {
        let name: String
        let operations: [Operation]
    }

    static let sections: [Section] = [
        Section(name: "Health", operations: health),
        Section(name: "Accounts", operations: accounts),
        Section(name: "Signing in", operations: login),
        Section(name: "Accounts in and out", operations: imports),
        Section(name: "Device profiles", operations: devices),
        Section(name: "Configuration", operations: config),
        Section(name: "The service", operations: service),
        Section(name: "Traffic log", operations: traffic),
        Section(name: "Token statistics", operations: tokens),
        Section(name: "Clients on this machine", operations: clients),
        Section(name: "The tunnel", operations: tunnel),
        Section(name: "The rest", operations: rest),
    ]

    static let all: [Operation] = sections.flatMap(\.operations)
}
