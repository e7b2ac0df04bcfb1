import APIErrors

/// How much inline media one request may carry upstream. Google takes requests of about 20 MB in all; what fits is counted in
/// base64, as it is sent, so that 15 MiB of files are the most.
struct InlineLimit {
    static let sizeMaxBytes = 20 * 1024 * 1024

    private var sizeBytes = 0

    /// - Parameter param: the member that holds the media.
    /// - Throws: a 413 for what does not fit any more.
    mutating func add(_ media: Media, param: String) throws(APIFailure) {
        sizeBytes += media.data.count
        guard sizeBytes <= Self.sizeMaxBytes else {
            throw APIFailure(
                .tooLarge, message: "\(param): the files of one request may have 15 MiB in all", param: param)
        }
    }
}
