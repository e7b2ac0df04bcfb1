import APIErrors
import HTTP

/// What a connection was let in with: its next request usually shows the same, and need not be hashed again.
nonisolated struct AccessMemory {
    /// Of the snapshot that let it in; another one asks anew.
    private var number: UInt64?
    private var authorization = ""

    /// nil lets the request in, as `AccessGate.refusal` does.
    mutating func refusal(
        of head: HTTPRequestHead, isGeminiPath: Bool, by snapshot: WorkerSnapshot
    ) -> APIFailure? {
        if number == snapshot.number, head.fields.first("authorization", is: authorization) { return nil }
        if let refusal = snapshot.gate.refusal(of: head, isGeminiPath: isGeminiPath) { return refusal }
        // Only where it was this field, and nothing else, that let the request in.
        let isAlone =
            head.fields.all("authorization").count == 1 && !head.fields.contains("x-api-key")
            && !head.fields.contains("x-goog-api-key")
        if snapshot.document.authentication == .required, !isGeminiPath, isAlone,
            let shown = head.fields["authorization"], !shown.isEmpty
        {
            number = snapshot.number
            authorization = shown
        }
        return nil
    }
}
