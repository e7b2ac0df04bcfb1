import Digest
import JSON

/// Cleaned schemas by the text they came from. Coding clients send the same tens of kilobytes of schemas with each request.
///
/// Bounded by count and by size; when full it starts anew, since the schemas in use come back at once.
struct SchemaCache: Sendable {
    static let entriesMax = 2048
    static let sizeMaxBytes = 8 << 20

    /// One schema as the client wrote it and as it is sent.
    struct Entry: Sendable {
        var original: [UInt8]
        var cleaned: [UInt8]
        /// What cleaning took, in units of `SchemaCleaner.workMax`.
        var work: Int
    }

    /// The texts of two schemas may share one: then the later of them takes the place.
    private struct Key: Hashable {
        var fold: UInt64
        var dialect: SchemaCleaner.Dialect
        var position: SchemaCleaner.Position
    }

    private var entries: [Key: Entry] = [:]
    private var size = 0
    private let fold: @Sendable (UnsafeRawBufferPointer) -> UInt64

    init(fold: @escaping @Sendable (UnsafeRawBufferPointer) -> UInt64 = WordFold.of) { self.fold = fold }

    var count: Int { entries.count }

    mutating func entry(
        for schema: JSONNode?, dialect: SchemaCleaner.Dialect, position: SchemaCleaner.Position
    ) -> Entry {
        let key = Key(
            fold: schema?.withRawBytes { fold(UnsafeRawBufferPointer($0)) } ?? 0, dialect: dialect,
            position: position)
        if let known = entries[key], schema?.isSpelled(known.original) ?? known.original.isEmpty { return known }
        let original = schema.map { $0.withRawBytes { Array($0) } } ?? []
        var cleaner = SchemaCleaner(schema?.value() ?? .null, dialect: dialect, position: position)
        let cleaned = cleaner.cleanRoot()
        let entry = Entry(original: original, cleaned: cleaned.serialized, work: cleaner.work)
        let cost = original.count + entry.cleaned.count
        if entries.count >= Self.entriesMax || size + cost > Self.sizeMaxBytes {
            entries = [:]
            size = 0
        }
        if cost <= Self.sizeMaxBytes {
            if let replaced = entries.updateValue(entry, forKey: key) {
                size -= replaced.original.count + replaced.cleaned.count
            }
            size += cost
        }
        return entry
    }
}
