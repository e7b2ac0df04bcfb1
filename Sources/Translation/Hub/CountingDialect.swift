import APIErrors

/// A dialect with an endpoint that tells how many tokens a prompt has.
public protocol CountingDialect: ClientDialect {
    /// Reads the body of a count, which holds what of a generation's body counts.
    ///
    /// - Throws: as `decode`.
    func decodeCount(_ body: RequestBody) throws(APIFailure) -> GenerationRequest

    /// The body of the answer.
    func encodeCount(_ tokens: Int) -> [UInt8]
}
