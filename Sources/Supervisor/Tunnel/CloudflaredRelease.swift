import HTTP

/// One release of cloudflared as the operator names it, and where its program for this machine is.
nonisolated struct CloudflaredRelease: Hashable, Sendable {
    /// Where releases are, each in a folder of its version.
    let base: String
    let version: String
    /// Of the program, in hexadecimal.
    let sha256: String

    /// The name of the program for a machine as `uname -m` calls it; nil if there is none.
    static func asset(machine: String) -> String? {
        switch machine {
        case "x86_64": "cloudflared-linux-amd64"
        case "aarch64": "cloudflared-linux-arm64"
        default: nil
        }
    }

    func url(asset: String) -> HTTPURL? { HTTPURL("\(base)/\(version)/\(asset)") }
}
