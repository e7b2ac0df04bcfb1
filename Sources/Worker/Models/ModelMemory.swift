import APIErrors
import Translation

/// What client model names came to under the configuration in force: clients ask for few names, and often.
final class ModelMemory {
    /// Clients choose the names; when so many are known, all are forgotten.
    static let namesMax = 256
    /// Longer names are resolved each time.
    static let nameSizeMaxBytes = 256

    private var number: UInt64?
    private var known: [String: ResolvedModel] = [:]
    /// The name that was asked for last, which most often is asked for next.
    private var last: (name: String, model: ResolvedModel)?

    func resolve(_ name: String, by snapshot: WorkerSnapshot) throws(APIFailure) -> ResolvedModel {
        if number != snapshot.number || known.count >= Self.namesMax {
            known.removeAll(keepingCapacity: true)
            last = nil
            number = snapshot.number
        }
        if let last, last.name == name { return last.model }
        if let model = known[name] {
            last = (name, model)
            return model
        }
        let model = try snapshot.router.resolve(name)
        if name.utf8.count <= Self.nameSizeMaxBytes { known[name] = model }
        return model
    }
}
