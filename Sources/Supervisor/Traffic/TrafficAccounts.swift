import Glibc

/// The accounts that the records of a batch name, with their addresses, each looked up once.
nonisolated struct TrafficAccounts: Sendable {
    private struct Account {
        /// The first eight bytes of its id: two accounts with the same are told apart by all of them.
        var beginning: UInt64
        var id: [UInt8]
        var email: Range<Int>
    }

    private var accounts: [Account] = []
    /// The addresses, one behind another.
    private(set) var emails: [UInt8] = []

    /// Where the address of an account stands in `emails`.
    func email(_ place: Int) -> Range<Int> { accounts[place].email }

    /// The account with this id; nil if its address is not known.
    mutating func place(of id: ArraySlice<UInt8>, email: (String) -> String?) -> Int? {
        let beginning = Self.beginning(id)
        let known = accounts.firstIndex { $0.beginning == beginning && Self.isSame($0.id, id) }
        if let known { return known }
        // One without an address is not kept: a batch may last, and nothing bounds how many there are.
        return email(String(decoding: id, as: UTF8.self)).map { add(id, beginning, $0) }
    }

    private mutating func add(_ id: ArraySlice<UInt8>, _ beginning: UInt64, _ email: String) -> Int {
        let start = emails.count
        emails += email.utf8
        accounts.append(Account(beginning: beginning, id: Array(id), email: start..<emails.count))
        return accounts.count - 1
    }

    private static func isSame(_ one: [UInt8], _ other: ArraySlice<UInt8>) -> Bool {
        guard one.count == other.count else { return false }
        return one.withUnsafeBytes { one in
            other.withUnsafeBytes { other in
                guard let first = one.baseAddress, let second = other.baseAddress else { return true }
                return memcmp(first, second, one.count) == 0
            }
        }
    }

    private static func beginning(_ id: ArraySlice<UInt8>) -> UInt64 {
        id.withUnsafeBytes {
            $0.count >= 8 ? $0.loadUnaligned(as: UInt64.self) : $0.reduce(0) { $0 << 8 | UInt64($1) }
        }
    }
}
