import JSON

nonisolated extension SettingsTable {
    /// What the document remembers of the tunnel that was started last.
    static let rememberedTunnel: [Setting] = [
        .tunnel("enabled", .flag, "A tunnel is wanted: it is started with the gateway."),
        .tunnel(
            "mode", .choice(["quick", "auth"]),
            "`quick`: a name of Cloudflare's for the moment; `auth`: the tunnel that the token names."),
        .tunnel("port", .port, "Port on this machine to which the tunnel leads."),
        .tunnel(
            "token",
            .optional(.word(takes: "a tunnel's token of at most 4096 printable characters", TunnelWish.isToken)),
            "The token of a named tunnel."),
        .tunnel("use_http2", .flag, "Reach Cloudflare by TCP; else as cloudflared chooses, by UDP first."),
    ]

    /// The tunnel's own settings.
    static let tunnel: [Setting] = [
        .gateway(
            "tunnel", "admin", .flag, false,
            "Let what comes through the tunnel reach the admin API and the console, which still ask for the token."),
        .gateway(
            "tunnel", "binary", .text(lengthMax: 4096), "",
            "Path of cloudflared; empty: the installed one, then the first along `PATH`."),
        .gateway(
            "tunnel", "hostname", .word(takes: "a host name, or nothing") { $0.isEmpty || SettingForm.isHost($0) }, "",
            "Public host name of a named tunnel, as it is set at Cloudflare; empty: as cloudflared's log tells."),
        .gateway(
            "tunnel", "releases", .address(schemes: ["https", "http"]),
            "https://github.com/cloudflare/cloudflared/releases/download",
            "Where the installation finds releases of cloudflared, each in a folder of its version."),
        .gateway(
            "tunnel", "version", .word(takes: "a release such as 2026.8.2, or nothing", isVersion), "",
            "Release of cloudflared that the installation fetches."),
        .gateway(
            "tunnel", "sha256", .word(takes: "64 hexadecimal digits, or nothing", isDigest), "",
            "SHA-256 that the fetched program must have."),
    ]

    private static func isVersion(_ text: String) -> Bool {
        text.utf8.count <= 64 && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }
            && !text.hasPrefix(".")
    }

    private static func isDigest(_ text: String) -> Bool {
        text.isEmpty || (text.utf8.count == 64 && text.allSatisfy { $0.isASCII && $0.isHexDigit })
    }
}

nonisolated extension Setting {
    fileprivate static func tunnel(_ name: String, _ form: SettingForm, _ help: String) -> Setting {
        Setting(member: "\(TunnelWish.member).\(name)", form: form, fallback: .absent, help: help)
    }
}
