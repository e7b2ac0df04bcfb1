import HTTP
import Platform

/// The traffic log and the token statistics of the program this gateway stands in for, read in batches on a thread of its
/// own. Bodies are left behind: they may be of any size and hold anything.
actor OriginalTraffic {
    private nonisolated let executor = ThreadExecutor(name: "takeover")
    private let folder: String
    private let scratch: ScratchFolder
    private let now: Int
    private var current: (part: Part, database: OriginalDatabase, columns: Set<String>)?

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// A table that is taken over.
    enum Part: String, CaseIterable, Sendable {
        case requests = "request_logs"
        case usage = "token_usage"
        case hours = "token_stats_hourly"

        var file: String { self == .requests ? "proxy_logs.db" : "token_stats.db" }

        /// The newest rows alone are taken, so many at most.
        var countMax: Int {
            switch self {
            case .requests: 100_000
            case .usage, .hours: 1_000_000
            }
        }
    }

    /// Some rows of a part, cleaned.
    enum Batch: Sendable {
        case requests([TrafficEntry])
        case usage([TokenRow])
        case hours([TokenHour])
    }

    struct Page: Sendable {
        var batch: Batch
        /// The last row that was looked at; nil: there are no more.
        var lastRow: Int?
    }

    /// - Parameters:
    ///   - folder: without links in its path.
    ///   - now: seconds since 1970; a later time is none.
    init(folder: String, scratch: String, now: Int) {
        self.folder = folder
        self.scratch = ScratchFolder(path: scratch)
        self.now = now
    }

    static let batchCount = 200

    /// - Returns: nil if there is no such table.
    func page(_ part: Part, after row: Int?) throws(ImportError) -> Page? {
        let path = folder + "/" + part.file
        guard ForeignFile.exists(path) else { return nil }
        do throws(StorageError) {
            if current?.part != part { try open(part, path) }
            guard let (_, database, columns) = current else { return nil }
            let start =
                if let row { row } else { try database.start(of: part.rawValue, newest: part.countMax) }
            return try page(part, database, OriginalRows(columns: columns, now: now), after: start)
        } catch {
            throw .unreadable(path, why: "its table \(part.rawValue) cannot be read on")
        }
    }

    /// Whatever was copied is removed.
    func close() {
        current = nil
        scratch.clear()
    }

    private func open(_ part: Part, _ path: String) throws(StorageError) {
        current = nil
        do throws(ImportError) {
            let database = try OriginalDatabase(path: path, scratch: scratch)
            if database.isWithoutJournal {
                Log.warning(
                    "original-left-out", "a part of it could not be taken over",
                    ["name": part.file, "reason": "what its journal holds"])
            }
            guard let columns = try? database.columns(of: part.rawValue) else { return }  // no table is no rows
            current = (part, database, columns)
        } catch {
            throw .unreadable(table: part.rawValue, what: "its file cannot be read")
        }
    }

    private func page(
        _ part: Part, _ database: OriginalDatabase, _ rows: OriginalRows, after start: Int
    ) throws(StorageError) -> Page {
        var last: Int?
        func read<T>(
            _ columns: [String], _ make: (borrowing SQLiteRow) -> T?
        ) throws(StorageError) -> [T] {
            try database.rows(part.rawValue, columns: columns, after: start, count: Self.batchCount) {
                (row: borrowing SQLiteRow) throws(StorageError) in
                last = row.integer(0)
                return make(row)
            }.compactMap(\.self)
        }
        let batch: Batch =
            switch part {
            case .requests: .requests(try read(rows.requestColumns, rows.entry))
            case .usage: .usage(try read(rows.usageColumns, rows.usage))
            case .hours: .hours(try read(rows.hourColumns, rows.hour))
            }
        return Page(batch: batch, lastRow: last)
    }
}
