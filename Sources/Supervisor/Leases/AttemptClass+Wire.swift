import GoogleAPI
import Scheduling

nonisolated extension AttemptClass {
    /// The scheduler's word for a class that a worker reports; a class this build does not know is an upstream failure.
    init(wire: UInt8) {
        switch OutcomeClass(rawValue: wire) {
        case .success: self = .success
        case .invalidGrant: self = .invalidGrant
        case .refreshTransient: self = .refreshTransient
        case .validation: self = .validation
        case .projectInvalid: self = .projectInvalid
        case .forbidden: self = .forbidden
        case .auth: self = .auth
        case .location: self = .location
        case .repairable: self = .repairable
        case .tooLong: self = .tooLong
        case .badRequest: self = .badRequest
        case .modelNotFound: self = .modelNotFound
        case .credits: self = .credits
        case .capacity: self = .capacity
        case .quota: self = .quota
        case .rate: self = .rate
        case .bare429: self = .bareRefusal
        case .overloaded: self = .overloaded
        case .server, nil: self = .server
        case .network: self = .network
        case .emptyStream: self = .emptyStream
        case .stall: self = .stall
        case .notice: self = .notice
        case .brokenAfterCommit: self = .brokenAfterCommit
        case .clientGone: self = .clientGone
        case .deadline: self = .deadline
        case .workerLost: self = .workerLost
        }
    }
}
