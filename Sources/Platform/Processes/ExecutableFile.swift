import CPlatform

/// A program held open, so that it can be started although its file has been replaced or the process is confined.
public enum ExecutableFile {
    /// Opens without reading (`O_PATH`).
    public static func open(_ path: String) throws(SystemError) -> FileDescriptor {
        let raw = platform_open_path(path)
        guard raw >= 0 else { throw SystemError("open") }
        return FileDescriptor(owning: raw)
    }
}
