/// The version of the product, as status, log and `--version` say it; all of its programs have the same.
public enum ProductVersion {
    public static let text = "0.1.0"
}
