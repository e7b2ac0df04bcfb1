/// The environment of a worker: what its libraries need, and nothing of ours. Settings reach it through its channel;
/// `NOTIFY_SOCKET`, `LISTEN_*`, `CREDENTIALS_DIRECTORY` and every secret stay here.
nonisolated enum WorkerEnvironment {
    static let allowed: [String] = [
        // Certificates, name resolution and locale of libcurl and libc.
        "SSL_CERT_FILE", "CURL_CA_BUNDLE", "RES_OPTIONS", "LOCALDOMAIN", "PATH", "LANG", "LC_ALL", "TZ",
        // Where stderr goes, for the priority prefixes of the log; memory behaviour; crash reports.
        "JOURNAL_STREAM", "MALLOC_ARENA_MAX", "SWIFT_BACKTRACE",
        // Builds that run from a build folder, with sanitizers or coverage.
        "LD_LIBRARY_PATH", "ASAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS", "LLVM_PROFILE_FILE",
    ]

    static func select(from environment: [String: String]) -> [String] {
        allowed.compactMap { name in environment[name].map { "\(name)=\($0)" } }
    }
}
