import IPC

/// The connections one worker has, by their slot in its ledger, and which slots are free.
///
/// A slot is given out again only after the worker has said `closed` or `returned`, with the next generation; a message
/// that names an older one is late and means nothing.
struct HandoffTable {
    let slotCount: Int
    private(set) var count = 0
    private var tenants: [HandedConnection?] = []
    private var generations: [UInt32] = []
    private var free: [UInt32] = []

    init(slotCount: Int) {
        self.slotCount = slotCount
    }

    var isFull: Bool { count >= slotCount }

    /// - Returns: the place of the connection from now on; nil when every slot is taken.
    mutating func add(_ connection: HandedConnection) -> ConnectionID? {
        let slot: Int
        if let used = free.popLast() {
            slot = Int(used)
        } else if tenants.count < slotCount {
            slot = tenants.count
            tenants.append(nil)
            generations.append(0)
        } else {
            return nil
        }
        generations[slot] &+= 1
        tenants[slot] = connection
        count += 1
        let id = ConnectionID(slot: UInt32(slot), generation: generations[slot])
        connection.id = id
        return id
    }

    /// Frees the slot. Nil if the identity is not that of its tenant.
    mutating func remove(_ id: ConnectionID) -> HandedConnection? {
        let slot = Int(id.slot)
        guard slot < tenants.count, generations[slot] == id.generation, let tenant = tenants[slot] else { return nil }
        tenants[slot] = nil
        free.append(id.slot)
        count -= 1
        tenant.id = nil
        return tenant
    }

    /// Takes every connection out, with its slot.
    mutating func removeAll() -> [(slot: Int, connection: HandedConnection)] {
        let all = tenants.enumerated().compactMap { slot, tenant in tenant.map { (slot, $0) } }
        tenants = []
        generations = []
        free = []
        count = 0
        return all
    }

    /// Every connection with its slot.
    func forEach(_ body: (Int, HandedConnection) -> Void) {
        for (slot, tenant) in tenants.enumerated() { if let tenant { body(slot, tenant) } }
    }
}
