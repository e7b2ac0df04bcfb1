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

    /// How many freed blocks of each size the C library keeps for reuse without a look at the heap. Its 7 do not last for the
    /// requests that one turn of the loop serves; the tunable can be set in no other way (glibc manual, "Memory Allocation
    /// Tunables").
    static let allocator = "GLIBC_TUNABLES=glibc.malloc.tcache_count=64"

    static func select(from environment: [String: String]) -> [String] {
        allowed.compactMap { name in environment[name].map { "\(name)=\($0)" } } + [allocator]
    }
}
