/// Which bodies the traffic log keeps, and how much of each.
nonisolated struct BodyPolicy: Sendable, Equatable {
    enum Extent: String, Sendable {
        /// Of requests that were refused or failed.
        case errors
        case all
        case off
    }

    var extent = Extent.errors
    var sizeMaxBytes = 65_536

    static let none = BodyPolicy(extent: .off)
}
