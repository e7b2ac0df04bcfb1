import IPC
import Platform
import Testing

@testable import Supervisor

/// The memory of thought signatures, over a real file.
@Suite @MainActor struct SignatureStoreTests {
    @MainActor final class Bench {
        let folder: TemporaryFolder
        let telemetry: Telemetry
        let store: SignatureStore
        var now = 1_000_000
        private(set) var answers: [SignatureFound] = []

        init(folder: TemporaryFolder? = nil, limits: SignatureStore.Limits = .init()) throws {
            let folder = try folder ?? TemporaryFolder()
            self.folder = folder
            telemetry = Telemetry(path: folder.file("telemetry.db"))
            var clock: () -> Int = { 0 }
            store = SignatureStore(telemetry, limits: limits, now: { clock() })
            clock = { [unowned self] in now }
            store.send = { [unowned self] _, message in
                if let found = message as? SignatureFound { answers.append(found) }
            }
        }

        func open() async { await telemetry.open() }

        func close() async {
            await store.stop()
            await telemetry.close()
        }

        func keep(_ names: UInt8..., size: Int = 10, family: String = "gemini-3") {
            store.keep(
                SignatureKeep(
                    family: family,
                    entries: names.map {
                        SignatureEntry(space: 0, key: [$0], value: Array(repeating: $0, count: size))
                    }))
        }

        /// Names of the keys that are found, and of those that are foreign.
        func find(_ names: [UInt8], signed: [UInt8] = [], family: String = "gemini-3") async -> [[UInt8]] {
            let before = answers.count
            store.find(
                SignatureFind(
                    requestID: "r", family: family, keys: names.map { SignatureKey(space: 0, key: [$0]) },
                    signed: signed.map { SignatureKey(space: 0, key: [$0]) }), for: 1)
            await eventually("an answer") { answers.count == before + 1 }
            guard let answer = answers.last else { return [] }
            return [answer.entries.map { $0.key[0] }, answer.foreign.map { $0.key[0] }]
        }
    }

    @Test func `what is kept is found at once, before it is on the disk`() async throws {
        let bench = try Bench()
        bench.keep(1, 2)
        #expect(await bench.find([1, 2, 3]) == [[1, 2], []])
    }

    @Test func `what memory has no room for is found on the disk`() async throws {
        var limits = SignatureStore.Limits()
        limits.memoryBytes = 120
        let bench = try Bench(limits: limits)
        await bench.open()
        bench.keep(1, 2, 3)
        await bench.store.stop()
        #expect(await bench.find([1, 2, 3]) == [[1, 2, 3], []])
        await bench.close()
    }

    @Test func `what the disk does not have is looked for there once`() async throws {
        let bench = try Bench()
        await bench.open()
        #expect(await bench.find([1]) == [[], []])
        #expect(bench.store.memoryCount == 1)
        // Written behind the store's back: who looked at the disk again would find it.
        _ = await bench.telemetry.run { (connection) throws(StorageError) in
            let record = SignatureRecord(family: "gemini-3", value: [7], usedAt: 1_000_000)
            try SignatureTable.apply([.keep(SignatureKey(space: 0, key: [1]), record)], in: connection)
        }
        #expect(await bench.find([1], signed: [1]) == [[], []])
        bench.keep(1)
        #expect(await bench.find([1]) == [[1], []])
        await bench.close()
    }

    @Test func `without a database what is not found is looked for again`() async throws {
        let bench = try Bench()
        #expect(await bench.find([1]) == [[], []])
        #expect(bench.store.memoryCount == 0)
    }

    @Test func `a restart loses nothing that was written`() async throws {
        let first = try Bench()
        await first.open()
        first.keep(1, 2)
        await first.close()
        let second = try Bench(folder: first.folder)
        await second.open()
        #expect(await second.find([2, 1]) == [[2, 1], []])
        await second.close()
    }

    @Test func `what waits is written soon without being asked`() async throws {
        let bench = try Bench()
        await bench.open()
        bench.keep(1)
        var count: Int?
        let deadline = MonotonicInstant.now + .seconds(5)
        while count != 1, MonotonicInstant.now < deadline {
            count = await bench.telemetry.run { (connection) throws(StorageError) in
                try connection.integer("SELECT count(*) FROM signatures") ?? 0
            }
        }
        #expect(count == 1)
        await bench.close()
    }

    @Test func `another family's signature is not sent, and named where the client gave one`() async throws {
        let bench = try Bench()
        bench.keep(1, family: "gemini-2.5")
        bench.keep(2)
        #expect(await bench.find([1, 2]) == [[2], []])
        #expect(await bench.find([], signed: [1, 2, 3]) == [[], [1]])
    }

    @Test func `three hours after its last use a signature is forgotten, in memory and on the disk`() async throws {
        let bench = try Bench()
        await bench.open()
        bench.keep(1, 2)
        bench.now += 2 * 3600
        #expect(await bench.find([1]) == [[1], []])
        bench.now += 3600 + 1
        #expect(await bench.find([1, 2]) == [[1], []])
        await bench.store.stop()
        await bench.store.tidy()
        let left = await bench.telemetry.run { (connection) throws(StorageError) in
            try connection.integer("SELECT count(*) FROM signatures")
        }
        #expect(left == 1)
        bench.now += 3 * 3600 + 1
        #expect(await bench.find([1]) == [[], []])
        await bench.close()
    }

    @Test func `on the disk the ones used longest ago make room`() async throws {
        var limits = SignatureStore.Limits()
        limits.diskBytes = 200_000
        limits.memoryBytes = 1
        let bench = try Bench(limits: limits)
        await bench.open()
        for name in 0..<250 as Range<UInt8> {
            bench.now += 1
            bench.keep(name, size: 1_000)
        }
        await bench.store.stop()
        let bytes = await bench.telemetry.run { (connection) throws(StorageError) in
            [
                try SignatureTable.byteCount(in: connection),
                try connection.integer(
                    "SELECT sum(length(key) + length(value) + \(SignatureTable.rowOverheadBytes)) FROM signatures")
                    ?? 0,
            ]
        }
        let counted = try #require(bytes)
        #expect(counted[0] == counted[1] && counted[0] <= limits.diskBytes && counted[0] > limits.diskBytes / 4)
        #expect(await bench.find([0, 249]) == [[249], []])
        await bench.close()
    }

    @Test func `what the upstream refused is not found again, wherever it was`() async throws {
        let bench = try Bench()
        await bench.open()
        bench.keep(1, 2)
        await bench.store.stop()
        bench.store.forget(SignatureForget(keys: [SignatureKey(space: 0, key: [1])]))
        #expect(await bench.find([1, 2], signed: [1]) == [[2], []])
        bench.keep(3)
        bench.store.forget(SignatureForget(keys: [SignatureKey(space: 0, key: [3])]))
        #expect(await bench.find([3]) == [[], []])
        bench.keep(3)
        #expect(await bench.find([3]) == [[3], []])
        await bench.close()
        let second = try Bench(folder: bench.folder)
        await second.open()
        #expect(await second.find([1, 2]) == [[2], []])
        await second.close()
    }

    @Test func `switched off nothing is kept and nothing found`() async throws {
        let bench = try Bench()
        bench.keep(1)
        bench.store.isEnabled = false
        bench.keep(2)
        #expect(await bench.find([1, 2]) == [[], []])
        bench.store.isEnabled = true
        #expect(await bench.find([1, 2]) == [[1], []])
    }

    @Test func `what is too large is not kept, and an answer has a bound`() async throws {
        var limits = SignatureStore.Limits()
        limits.valueBytes = 100
        limits.answerBytes = 250
        let bench = try Bench(limits: limits)
        bench.keep(1, 2, 3, size: 100)
        bench.keep(4, size: 101)
        #expect(await bench.find([4, 3, 2, 1]) == [[3, 2], []])
    }

    @Test func `without a database the latest are remembered and what cannot be written is dropped`() async throws {
        var limits = SignatureStore.Limits()
        limits.waitingBytes = 10_000
        let bench = try Bench(limits: limits)
        for name in 0..<200 as Range<UInt8> { bench.keep(name, size: 1_000) }
        #expect(bench.store.lostChanges > 0)
        #expect(await bench.find([0, 199]) == [[0, 199], []])
        await bench.close()
    }
}
