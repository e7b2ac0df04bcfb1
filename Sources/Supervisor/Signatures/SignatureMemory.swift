import IPC

/// The signatures that were used last, in memory. At the bound the one that was used longest ago goes.
nonisolated struct SignatureMemory {
    private struct Entry {
        var key: SignatureKey
        var record: SignatureRecord

        var byteCount: Int { key.key.count + record.value.count + SignatureTable.rowOverheadBytes }
    }

    /// Neighbours in the order of use; -1 where there is none. Numbers alone: a use changes three of them and counts no
    /// reference.
    private struct Link {
        var newer = -1
        var older = -1
    }

    let byteCountMax: Int
    private(set) var byteCount = 0
    private var places: [SignatureKey: Int] = [:]
    /// Free places hold nil.
    private var entries: [Entry?] = []
    /// By the same places.
    private var links: [Link] = []
    private var free: [Int] = []
    private var newest = -1
    private var oldest = -1

    init(byteCountMax: Int) { self.byteCountMax = byteCountMax }

    var count: Int { places.count }

    /// Finds a record, which from now on is the one used last.
    mutating func use(_ key: SignatureKey) -> SignatureRecord? {
        guard let place = places[key], let record = entries[place]?.record else { return nil }
        if place != newest {
            unlink(place)
            link(place)
        }
        return record
    }

    mutating func set(_ key: SignatureKey, to record: SignatureRecord) {
        remove(key)
        let entry = Entry(key: key, record: record)
        guard entry.byteCount <= byteCountMax else { return }
        while byteCount + entry.byteCount > byteCountMax, removeOldest() {}
        let place: Int
        if let reused = free.popLast() {
            place = reused
            entries[place] = entry
        } else {
            place = entries.count
            entries.append(entry)
            links.append(Link())
        }
        places[key] = place
        byteCount += entry.byteCount
        link(place)
    }

    mutating func remove(_ key: SignatureKey) {
        guard let place = places.removeValue(forKey: key), let entry = entries[place] else { return }
        unlink(place)
        entries[place] = nil
        free.append(place)
        byteCount -= entry.byteCount
    }

    /// Removes what was used before `cutoff` and stands at the end of the order.
    mutating func expire(before cutoff: Int) {
        while oldest >= 0, let entry = entries[oldest], entry.record.usedAt < cutoff { remove(entry.key) }
    }

    /// - Returns: false when there was none.
    private mutating func removeOldest() -> Bool {
        guard oldest >= 0, let entry = entries[oldest] else { return false }
        remove(entry.key)
        return true
    }

    private mutating func link(_ place: Int) {
        links[place] = Link(newer: -1, older: newest)
        if newest >= 0 { links[newest].newer = place } else { oldest = place }
        newest = place
    }

    private mutating func unlink(_ place: Int) {
        let link = links[place]
        if link.newer >= 0 { links[link.newer].older = link.older } else { newest = link.older }
        if link.older >= 0 { links[link.older].newer = link.newer } else { oldest = link.newer }
    }
}
