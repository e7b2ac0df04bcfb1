import Glibc
import Platform

/// `backup` and `restore`.
nonisolated extension OperatorCommand {
    func backup() throws(OperatorCall.Failure) -> Int32 {
        let image: [UInt8]
        do throws(OperatorCall.Failure) {
            let answer = try call("POST", "/api/system/backup")
            guard answer.status == 200 else { return refused(answer) }
            image = answer.body
        } catch .notRunning {
            guard let folder = DataFolder(options, environment: environment) else { throw .notRunning }
            Self.complain("no gateway runs; reading \(folder.path)")
            do throws(StorageError) {
                image = try folder.asOwner { (archive) throws(StorageError) in try archive.image() }
            } catch {
                return failed(error)
            }
        }
        return write(image, into: options.operands.first ?? "-")
    }

    /// A file that is there stays: it may be an older copy, or the state itself.
    private func write(_ image: [UInt8], into file: String) -> Int32 {
        if file == "-" { return Self.write(image, to: 1) }
        let path = Self.absolute(file)
        var status = stat()
        guard lstat(path, &status) != 0 else {
            Self.complain("\(file) is there already")
            return ExitCode.failed
        }
        let temporary = path + ".incomplete"
        do throws(StorageError) {
            try StateFiles.write(image, to: temporary)
            try StateFiles.publish(temporary, as: path)
        } catch {
            unlink(temporary)
            return failed(error)
        }
        Self.complain("\(image.count) bytes written to \(file)")
        return ExitCode.done
    }

    func restore() -> Int32 {
        let file = options.operands.first ?? ""
        guard let folder = DataFolder(options, environment: environment) else {
            Self.complain("there is no data folder; --data-dir names one")
            return ExitCode.failed
        }
        let image: [UInt8]
        do throws(ImportError) {
            image = try ForeignFile.read(Self.absolute(file), sizeMaxBytes: StateArchive.imageSizeMaxBytes)
        } catch {
            Self.complain(Self.text(of: error, file))
            return ExitCode.failed
        }
        do throws(StorageError) {
            let kept = try folder.asOwner { (archive) throws(StorageError) in
                try archive.restore(image, now: WallClock.unixSeconds)
            }
            Self.complain("\(folder.path)/state.db is what \(file) holds")
            if let kept { Self.complain("what was there is \(kept)") }
            return ExitCode.done
        } catch .locked {
            Self.complain(
                "a gateway runs on \(folder.path): stop it first, with its socket "
                    + "(systemctl stop antigravity-gateway.socket antigravity-gateway.service)")
            return ExitCode.busy
        } catch {
            Self.complain("nothing was changed")
            return failed(error)
        }
    }

    func failed(_ error: StorageError) -> Int32 {
        Self.complain(error.description)
        return error.exitCode
    }

    private static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/"), let folder = getcwd(nil, 0) else { return path }
        defer { free(folder) }
        return String(cString: folder) + "/" + path
    }

    private static func text(of error: ImportError, _ file: String) -> String {
        switch error {
        case .missing: "\(file) is not there"
        case .unreadable(_, let why): "\(file) cannot be read: \(why)"
        case .noLogin: "\(file) cannot be used"
        }
    }
}
