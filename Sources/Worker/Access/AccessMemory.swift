import APIErrors
import Digest
import HTTP

/// What a connection was let in with: its next request usually shows the same, and need not be hashed again.
nonisolated struct AccessMemory {
    /// Of the snapshot that let it in; another one asks anew.
    private var number: UInt64?
    private var authorization: [UInt8] = []

    /// nil lets the request in, as `AccessGate.refusal` does.
    mutating func refusal(
        of head: HTTPRequestHead, isGeminiPath: Bool, by snapshot: WorkerSnapshot
    ) -> APIFailure? {
        let shown = head.fields["authorization"].map { Array($0.utf8) } ?? []
        if number == snapshot.number, constantTimeEquals(shown, authorization) { return nil }
        if let refusal = snapshot.gate.refusal(of: head, isGeminiPath: isGeminiPath) { return refusal }
        // Only where it was this field, and nothing else, that let the request in.
        let isAlone =
            head.fields.all("authorization").count == 1 && !head.fields.contains("x-api-key")
            && !head.fields.contains("x-goog-api-key")
        if snapshot.document.authentication == .required, !isGeminiPath, isAlone, !shown.isEmpty {
            number = snapshot.number
            authorization = shown
        }
        return nil
    }
}
