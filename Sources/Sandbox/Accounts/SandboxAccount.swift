/// A Google account of the stand-in. Every name makes one; words in the name, separated by hyphens, make it special.
nonisolated struct SandboxAccount: Sendable, Equatable {
    /// What a word in an account's name does.
    enum Trait: String, Sendable, CaseIterable {
        case noproject, objectproject, onboard, revoked, forbidden, validation, exhausted, limited, capacity
        case unauthorized, keyforbidden, location, restricted, free, pro, ultra, plaincount, norefresh

        var meaning: String {
            switch self {
            case .noproject: "has no project, and onboarding gives none"
            case .objectproject: "loadCodeAssist names the project as an object"
            case .onboard: "has no project until onboardUser has been asked three times"
            case .revoked: "the token endpoint answers invalid_grant; the API key is not valid"
            case .forbidden: "403 on models and generation"
            case .validation: "403 VALIDATION_REQUIRED with a link on generation"
            case .exhausted: "429 QUOTA_EXHAUSTED on generation, 0 % of every model"
            case .limited: "429 RATE_LIMIT_EXCEEDED with a delay of 2 s on generation"
            case .capacity: "503 MODEL_CAPACITY_EXHAUSTED on generation"
            case .unauthorized: "401 on generation, whatever the token"
            case .keyforbidden: "403 on every call with the API key"
            case .location: "400 FAILED_PRECONDITION about the location on generation"
            case .restricted: "is eligible for no tier"
            case .free: "free tier"
            case .pro: "paid tier g1-pro-tier"
            case .ultra: "paid tier g1-ultra-tier"
            case .plaincount: "countTokens takes contents only"
            case .norefresh: "a code gives no refresh token"
            }
        }
    }

    let name: String
    let traits: Set<Trait>

    /// Names are 1 to 64 lower-case letters, digits and hyphens.
    init?(name: String) {
        let isPlain = name.utf8.allSatisfy {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                || $0 == UInt8(ascii: "-")
        }
        guard isPlain, (1...64).contains(name.utf8.count) else { return nil }
        self.name = name
        traits = Set(name.split(separator: "-").compactMap { Trait(rawValue: String($0)) })
    }

    static let refreshTokenPrefix = "1//sandbox-"
    static let codePrefix = "4/sandbox-"
    /// Keys of the public Gemini API.
    static let apiKeyPrefix = "sandbox-key-"

    var email: String { "\(name)@example.com" }
    var refreshToken: String { Self.refreshTokenPrefix + name }
    /// The project that belongs to the account; nil if it has none.
    var project: String? { traits.contains(.noproject) ? nil : "sandbox-project-\(name)" }
    var displayName: String {
        name.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined(separator: " ")
    }

    var tier: String {
        traits.contains(.ultra) ? "g1-ultra-tier" : traits.contains(.pro) ? "g1-pro-tier" : "free-tier"
    }

    func has(_ trait: Trait) -> Bool { traits.contains(trait) }
}
