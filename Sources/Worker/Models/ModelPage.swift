import APIErrors
import HTTP

/// A page of a sorted list of names. A place in the list is told by the name there, so it also holds when names come and go.
nonisolated struct ModelPage: Sendable, Equatable {
    let ids: ArraySlice<String>
    /// Names beyond the page, in the direction of reading.
    let hasMore: Bool

    /// Most names of a page.
    static let sizeMax = 1000

    /// The page after `after`, or the one that ends before `before`.
    init(of ids: [String], sizeMax: Int, after: String?, before: String? = nil) {
        let start = after.map { mark in ids.firstIndex { $0 > mark } ?? ids.endIndex } ?? ids.startIndex
        let end = before.map { mark in ids.firstIndex { $0 >= mark } ?? ids.endIndex } ?? ids.endIndex
        let rest = ids[start..<max(start, end)]
        self.ids = before == nil ? rest.prefix(sizeMax) : rest.suffix(sizeMax)
        hasMore = self.ids.count < rest.count
    }

    /// A size out of a query; nil when none is given.
    static func size(_ query: QueryItems, _ name: String, least: Int) throws(APIFailure) -> Int? {
        guard let text = query[name] else { return nil }
        guard let size = Int(text), size >= least else {
            throw .badRequest("\(name) must be a whole number of at least \(least)", param: name)
        }
        return size
    }
}
