import Foundation

@testable import Supervisor

/// A home folder of one test.
final class HomeSample {
    let folder: TemporaryFolder
    let sync: CLISync
    var created = CreatedFiles()

    static let target = CLITarget(url: "http://127.0.0.1:8045", key: "sk-sample")

    init() throws {
        folder = try TemporaryFolder()
        sync = CLISync(home: try HomeFolder(folder.path))
    }

    func target(_ app: CLIApp, _ root: String = "http://127.0.0.1:8045") throws -> CLITarget {
        CLITarget(url: root + (app.takesVersionInURL ? "/v1" : ""), key: "sk-sample")
    }

    @discardableResult
    func run(_ app: CLIApp, _ root: String = "http://127.0.0.1:8045") throws -> CLISync.Outcome {
        let plan = try sync.plan(app, try target(app, root), created: created)
        let outcome = try plan.commit()
        created = plan.created
        return outcome
    }

    @discardableResult
    func restore(_ app: CLIApp) throws -> CLISync.Outcome { try sync.restore(app, created: &created) }

    func put(_ text: String, _ file: CLIFile, mode: mode_t = 0o600) throws {
        if let below = file.folder { mkdir(folder.file(below), 0o755) }
        try folder.write(text, to: file.place)
        chmod(folder.file(file.place), mode)
    }

    func text(_ place: String) -> String? { try? String(contentsOfFile: folder.file(place), encoding: .utf8) }

    /// Every plain file and link below the home with its content, target and mode.
    func everything() throws -> [String: String] {
        var found: [String: String] = [:]
        for place in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
            var status = stat()
            guard lstat(folder.file(place), &status) == 0, status.st_mode & S_IFMT != S_IFDIR else { continue }
            let isLink = status.st_mode & S_IFMT == S_IFLNK
            let content =
                isLink
                ? try FileManager.default.destinationOfSymbolicLink(atPath: folder.file(place)) : text(place) ?? ""
            found[place] = "\(String(status.st_mode, radix: 8)) \(content)"
        }
        return found
    }
}
