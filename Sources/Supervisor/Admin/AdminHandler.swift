/// One entry of the route table: what a request must bring, and what answers it.
struct AdminHandler: Sendable {
    /// What the request must present before its body is read.
    nonisolated enum Access: Sendable {
        case adminToken
        case open
        /// Open but in mode `strict`, where it takes the API key.
        case health
        /// The admin token, unless this machine asks and the operator lets it.
        case metrics

        /// Whether the answer waits until what was kept over a restart is read. Health never does.
        var needsWholeState: Bool {
            switch self {
            case .adminToken, .metrics: true
            case .open, .health: false
            }
        }
    }
    let access: Access
    let bodySizeMaxBytes: Int
    /// The body is thrown away unread by any parser.
    var ignoresBody = false
    /// The body is whatever the handler makes of it.
    var takesBytes = false
    let run: @MainActor @Sendable (AdminRequest) async throws(AdminError) -> AdminAnswer

    /// Bodies of the admin API.
    nonisolated static let bodySizeMaxBytes = 8 << 20
    nonisolated static let uploadSizeMaxBytes = 64 << 20
    /// Bodies of event logging, which are thrown away.
    nonisolated static let eventSizeMaxBytes = 1 << 20

    static func admin(
        _ run: @escaping @MainActor @Sendable (AdminRequest) async throws(AdminError) -> AdminAnswer
    ) -> AdminHandler {
        AdminHandler(access: .adminToken, bodySizeMaxBytes: bodySizeMaxBytes, run: run)
    }

    /// A route that takes a file.
    static func upload(
        _ run: @escaping @MainActor @Sendable (AdminRequest) async throws(AdminError) -> AdminAnswer
    ) -> AdminHandler {
        AdminHandler(access: .adminToken, bodySizeMaxBytes: uploadSizeMaxBytes, takesBytes: true, run: run)
    }

    /// A route without a token; whatever body comes is thrown away.
    static func open(
        _ run: @escaping @MainActor @Sendable (AdminRequest) async throws(AdminError) -> AdminAnswer
    ) -> AdminHandler {
        AdminHandler(access: .open, bodySizeMaxBytes: eventSizeMaxBytes, ignoresBody: true, run: run)
    }

    static func metrics(
        _ run: @escaping @MainActor @Sendable (AdminRequest) async throws(AdminError) -> AdminAnswer
    ) -> AdminHandler {
        AdminHandler(access: .metrics, bodySizeMaxBytes: eventSizeMaxBytes, ignoresBody: true, run: run)
    }

    static func health(
        _ run: @escaping @MainActor @Sendable (AdminRequest) async throws(AdminError) -> AdminAnswer
    ) -> AdminHandler {
        AdminHandler(access: .health, bodySizeMaxBytes: eventSizeMaxBytes, ignoresBody: true, run: run)
    }
}
