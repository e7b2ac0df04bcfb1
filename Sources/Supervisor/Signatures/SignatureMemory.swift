import IPC

/// The signatures that were used last, in memory. At the bound the one that was used longest ago goes.
nonisolated struct SignatureMemory {
    private struct Node {
        var key: SignatureKey
        var record: SignatureRecord
        /// Towards what was used later.
        var newer: Int?
        var older: Int?

        var byteCount: Int { key.key.count + record.value.count + SignatureTable.rowOverheadBytes }
    }

    let byteCountMax: Int
    private(set) var byteCount = 0
    private var places: [SignatureKey: Int] = [:]
    /// Free places hold nil.
    private var nodes: [Node?] = []
    private var free: [Int] = []
    private var newest: Int?
    private var oldest: Int?

    init(byteCountMax: Int) { self.byteCountMax = byteCountMax }

    var count: Int { places.count }

    /// Finds a record, which from now on is the one used last.
    mutating func use(_ key: SignatureKey) -> SignatureRecord? {
        guard let place = places[key], let node = nodes[place] else { return nil }
        unlink(node)
        link(node, at: place)
        return node.record
    }

    mutating func set(_ key: SignatureKey, to record: SignatureRecord) {
        remove(key)
        let node = Node(key: key, record: record)
        guard node.byteCount <= byteCountMax else { return }
        while byteCount + node.byteCount > byteCountMax, let oldest, let node = nodes[oldest] { remove(node.key) }
        let place: Int
        if let reused = free.popLast() {
            place = reused
        } else {
            place = nodes.count
            nodes.append(nil)
        }
        places[key] = place
        byteCount += node.byteCount
        link(node, at: place)
    }

    mutating func remove(_ key: SignatureKey) {
        guard let place = places.removeValue(forKey: key), let node = nodes[place] else { return }
        unlink(node)
        nodes[place] = nil
        free.append(place)
        byteCount -= node.byteCount
    }

    /// Removes what was used before `cutoff` and stands at the end of the order.
    mutating func expire(before cutoff: Int) {
        while let oldest, let node = nodes[oldest], node.record.usedAt < cutoff { remove(node.key) }
    }

    private mutating func link(_ node: Node, at place: Int) {
        var node = node
        node.newer = nil
        node.older = newest
        nodes[place] = node
        if let newest { nodes[newest]?.newer = place }
        newest = place
        if oldest == nil { oldest = place }
    }

    private mutating func unlink(_ node: Node) {
        if let newer = node.newer { nodes[newer]?.older = node.older } else { newest = node.older }
        if let older = node.older { nodes[older]?.newer = node.newer } else { oldest = node.newer }
    }
}
