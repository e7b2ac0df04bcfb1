// swift-tools-version: 6.2
import PackageDescription

// Every target is a room; its dependencies here are its only doors.
// The table of rooms and doors stands in docs/architecture.md; Tests/ArchitectureTests compares it with every import line.

/// Settings of the pure rooms: plain nonisolated Swift.
let pure: [SwiftSetting] = [
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    // The checks at run time that no two accesses to a property overlap were 3 % of a small chat's instructions. Debug builds
    // keep them, and with them every test of a room.
    // Small functions of one room that another one calls often are compiled into it: 6 % of a small chat's time.
    .unsafeFlags(
        ["-enforce-exclusivity=unchecked", "-cross-module-optimization"], .when(configuration: .release)),
]
/// Settings of what runs in a worker alone, which has one thread: references are counted without the processor's locked
/// instructions in release builds (docs/decisions/0011).
let oneThread: [SwiftSetting] = [
    .unsafeFlags(["-Xfrontend", "-assume-single-threaded"], .when(configuration: .release))
]
/// Settings of the rooms with descriptors: everything lives on the event loop unless it says otherwise.
let onLoop: [SwiftSetting] = pure + [.defaultIsolation(MainActor.self)]

let package = Package(
    name: "antigravity-gateway",
    products: [
        .executable(name: "antigravity-supervisor", targets: ["Supervisor"]),
        .executable(name: "antigravity-worker", targets: ["Worker"]),
        .executable(name: "antigravity-sandbox", targets: ["Sandbox"]),
    ],
    targets: [
        // Level 0: import nothing of ours.
        .target(name: "CPlatform"),
        .target(name: "CDigest"),
        .target(name: "CJSON"),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl"),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3"),
        .systemLibrary(name: "CSystemd", pkgConfig: "libsystemd"),
        .target(name: "JSON", dependencies: ["CJSON"], swiftSettings: pure),
        .target(name: "HTTP", swiftSettings: pure),
        .target(name: "Digest", dependencies: ["CDigest"], swiftSettings: pure),
        .target(name: "Scheduling", swiftSettings: pure),
        // Level 1
        .target(name: "Platform", dependencies: ["CPlatform"], swiftSettings: pure),
        .target(name: "APIErrors", dependencies: ["JSON", "HTTP"], swiftSettings: pure),
        .target(name: "GoogleAPI", dependencies: ["JSON", "HTTP"], swiftSettings: pure),
        // Level 2
        .target(
            name: "Translation", dependencies: ["GoogleAPI", "APIErrors", "HTTP", "JSON", "Digest"],
            swiftSettings: pure + oneThread),
        .target(name: "Transport", dependencies: ["Platform", "HTTP", "CCurl"], swiftSettings: pure),
        .target(name: "IPC", dependencies: ["Platform"], swiftSettings: pure),
        // Level 3
        .executableTarget(
            name: "Worker",
            dependencies: [
                "Translation", "GoogleAPI", "APIErrors", "Transport", "IPC", "Platform", "HTTP", "JSON", "Digest",
            ], swiftSettings: onLoop + oneThread),
        .executableTarget(
            name: "Supervisor",
            dependencies: [
                "Scheduling", "GoogleAPI", "APIErrors", "Transport", "IPC", "Platform", "HTTP", "JSON", "Digest",
                "CSQLite", "CSystemd",
            ], swiftSettings: onLoop),
        .executableTarget(
            name: "Sandbox", dependencies: ["GoogleAPI", "Transport", "Platform", "HTTP", "JSON"],
            swiftSettings: onLoop),
        // Tests. CTestLoop puts the whole test run on the event loop before the first test.
        .target(name: "CTestLoop", path: "Tests/CTestLoop"),
        .testTarget(name: "ArchitectureTests"),
        .testTarget(name: "JSONTests", dependencies: ["JSON"], exclude: ["Fixtures"], swiftSettings: pure),
        .testTarget(name: "HTTPTests", dependencies: ["HTTP"], exclude: ["Fixtures"], swiftSettings: pure),
        .testTarget(name: "DigestTests", dependencies: ["Digest"], swiftSettings: pure),
        .testTarget(name: "SchedulingTests", dependencies: ["Scheduling"], swiftSettings: pure),
        .testTarget(name: "PlatformTests", dependencies: ["Platform", "CTestLoop"], swiftSettings: pure),
        .testTarget(name: "APIErrorsTests", dependencies: ["APIErrors", "JSON", "HTTP"], swiftSettings: pure),
        .testTarget(name: "GoogleAPITests", dependencies: ["GoogleAPI", "JSON", "HTTP"], swiftSettings: pure),
        .testTarget(
            name: "TranslationTests",
            dependencies: ["Translation", "GoogleAPI", "APIErrors", "HTTP", "JSON", "Digest"],
            exclude: ["Fixtures"], swiftSettings: pure),
        .testTarget(
            name: "TransportTests", dependencies: ["Transport", "Platform", "HTTP", "CTestLoop"], swiftSettings: pure),
        .testTarget(
            name: "IPCTests", dependencies: ["IPC", "Platform", "CTestLoop"], exclude: ["Fixtures"],
            swiftSettings: pure),
        .testTarget(
            name: "WorkerTests",
            dependencies: [
                "Worker", "Translation", "GoogleAPI", "APIErrors", "Transport", "IPC", "Platform", "JSON", "HTTP",
                "Digest", "CTestLoop",
            ],
            swiftSettings: pure),
        .testTarget(
            name: "SupervisorTests",
            dependencies: [
                "Supervisor", "Scheduling", "GoogleAPI", "APIErrors", "Transport", "IPC", "Platform", "JSON", "HTTP",
                "Digest", "CTestLoop",
            ], exclude: ["Fixtures"], swiftSettings: pure),
        .testTarget(
            name: "SandboxTests",
            dependencies: ["Sandbox", "GoogleAPI", "Transport", "Platform", "HTTP", "JSON", "CTestLoop"],
            swiftSettings: pure),
    ],
    swiftLanguageModes: [.v6]
)

// The speed of the pure rooms, and of leases; `make bench` asks for it, in release.
if Context.environment["ANTIGRAVITY_BENCHMARKS"] != nil {
    package.targets.append(
        .executableTarget(
            name: "MicroBenchmarks", dependencies: ["JSON", "HTTP", "Digest", "Scheduling", "Translation"],
            path: "Benchmarks/Micro",
            swiftSettings: pure))
    package.targets.append(
        .executableTarget(
            name: "LeaseBenchmark", dependencies: ["IPC", "Platform", "GoogleAPI"], path: "Benchmarks/Leases",
            swiftSettings: onLoop))
}
