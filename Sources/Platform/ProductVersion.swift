/// The version of the product, as status, log and `--version` say it.
nonisolated enum ProductVersion {
    static let text = "0.1.0"
}
