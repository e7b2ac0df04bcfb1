import HTTP
import JSON
import Platform
import Scheduling

/// Accounts in and out: `/api/accounts/import/*`, `/api/accounts/sync/db`, `/api/accounts/export`.
final class ImportsAPI {
    private let reader: ImportReader
    private let importer: AccountImporter
    private let accounts: AccountsAPI
    private let store: AccountStore

    private static let pathLength = 1...4096

    init(reader: ImportReader, importer: AccountImporter, accounts: AccountsAPI, store: AccountStore) {
        self.reader = reader
        self.importer = importer
        self.accounts = accounts
        self.store = store
    }

    // MARK: In

    /// `POST /api/accounts/import/db`: a file or folder, else what the home folder holds.
    func database(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        let path = try Self.path(request)
        return try await one(
            Self.read { [reader] () async throws(ImportError) in
                if let path { return try await reader.read(path) }
                return try await reader.readHome()
            })
    }

    /// `POST /api/accounts/import/db-custom`
    func customDatabase(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        guard let path = try Self.path(request) else { throw .field("path", "is missing") }
        return try await one(
            Self.read { [reader] () async throws(ImportError) in try await reader.read(path) })
    }

    /// `POST /api/accounts/import/v1`: the accounts that were stored.
    func old(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        let path = try Self.path(request)
        let source = try await Self.read { [reader] () async throws(ImportError) in try await reader.readOld(path) }
        let outcome = await importer.run(source, keepsUnchecked: true)
        report(outcome)
        return .json(.array(outcome.imported.map(show)))
    }

    /// `POST /api/accounts/import/upload`: a database or JSON as the body, or as files of a form.
    func upload(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        let files = try Self.files(request)
        var source = ImportSource()
        for file in files {
            let found = try await Self.read { [reader] () async throws(ImportError) in
                try await reader.read(file.bytes, name: file.name)
            }
            for login in found.logins { source.add(login) }
            for item in found.skipped { source.skip(item.name, item.reason) }
        }
        let outcome = await importer.run(source, keepsUnchecked: false)
        report(outcome)
        if outcome.imported.isEmpty, outcome.failures.count == 1, source.skipped.isEmpty {
            throw outcome.failures[0].error
        }
        return .json(.object(both(outcome, source)))
    }

    /// `POST /api/accounts/sync/db`: the editor's login, if it is another one than that of the current account.
    func sync(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        let source: ImportSource
        do throws(ImportError) {
            source = try await reader.readEditor()
        } catch {
            if case .unreadable = error { throw .importing(error) }
            return .json(.null)
        }
        guard let login = source.logins.first,
            await store.current()?.token?.refreshToken != login.refreshToken
        else { return .json(.null) }
        let outcome = await importer.run(source, keepsUnchecked: false)
        report(outcome)
        guard let account = outcome.imported.first else { throw Self.failure(outcome, source) }
        return .json(show(account))
    }

    // MARK: Out

    /// `POST /api/accounts/export`: the one answer that holds refresh tokens.
    func export(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        let isAll = request["accountIds"]?.isNull ?? true
        let wanted = isAll ? nil : Set(try request.texts("accountIds", countMax: AccountStore.countMax))
        let exported = store.accounts.filter { account in
            account.kind == .codeAssist && account.token != nil && wanted?.contains(account.id) != false
        }
        Log.notice(
            "accounts-exported", "refresh tokens were given out",
            ["count": exported.count, "accounts": exported.prefix(50).map(\.shortID).joined(separator: " ")])
        return .json([
            "accounts": .array(
                exported.map { account in
                    ["email": .string(account.email), "refresh_token": .string(account.token?.refreshToken ?? "")]
                })
        ])
    }

    // MARK: Answers

    /// The first account, and all of them beside it when there was more than one thing to tell.
    private func one(_ source: ImportSource) async throws(AdminError) -> AdminAnswer {
        let outcome = await importer.run(source, keepsUnchecked: false)
        report(outcome)
        guard let first = outcome.imported.first else { throw Self.failure(outcome, source) }
        guard case .object(var answer) = show(first) else { return .json(show(first)) }
        if source.logins.count + source.skipped.count > 1 {
            for member in both(outcome, source).members { answer.append(member.name, member.value) }
        }
        return .json(.object(answer))
    }

    private func both(_ outcome: AccountImporter.Outcome, _ source: ImportSource) -> JSONObject {
        ["imported": .array(outcome.imported.map(show)), "skipped": Self.skipped(outcome, source)]
    }

    /// The scheduler hears that an account works again when its owner's login has been checked, and not otherwise.
    private func show(_ account: Account) -> JSONValue {
        account.disabled == nil
            ? accounts.answer(added: account) : accounts.answer(account, isCurrent: store.currentID == account.id)
    }

    private func report(_ outcome: AccountImporter.Outcome) {
        Log.notice(
            "accounts-imported", "logins of another program were taken over",
            ["stored": outcome.imported.count, "refused": outcome.failures.count])
    }

    private static func skipped(_ outcome: AccountImporter.Outcome, _ source: ImportSource) -> JSONValue {
        let items =
            source.skipped.map { ($0.name, $0.reason) } + outcome.failures.map { ($0.name, $0.error.message) }
        return .array(items.map { ["source": .string($0.0), "reason": .string($0.1)] })
    }

    private static func failure(_ outcome: AccountImporter.Outcome, _ source: ImportSource) -> AdminError {
        guard let first = outcome.failures.first else {
            return AdminError(
                .importUnreadable, "There is no login in it.", details: ["skipped": skipped(outcome, source)])
        }
        guard outcome.failures.count + source.skipped.count > 1 else { return first.error }
        var error = first.error
        error.details = error.details ?? [:]
        error.details?.append("skipped", skipped(outcome, source))
        return error
    }

    // MARK: Requests

    private static func read(
        _ body: () async throws(ImportError) -> ImportSource
    ) async throws(AdminError) -> ImportSource {
        do throws(ImportError) { return try await body() } catch { throw .importing(error) }
    }

    /// An absolute path without steps upwards.
    private static func path(_ request: AdminRequest) throws(AdminError) -> String? {
        guard let path = try request.text("path", length: pathLength) else { return nil }
        guard path.hasPrefix("/"), !path.split(separator: "/").contains(".."), !path.utf8.contains(0) else {
            throw .field("path", "must be absolute and without ..")
        }
        return path
    }

    private static func files(_ request: AdminRequest) throws(AdminError) -> [(name: String, bytes: [UInt8])] {
        guard !request.bytes.isEmpty else { throw AdminError(.invalidRequest, "The body is empty.") }
        switch MultipartBoundary(contentType: request.head.fields["content-type"] ?? "") {
        case .otherType: return [("the upload", request.bytes)]
        case .missing: throw AdminError(.invalidRequest, "The form's content type names no boundary.")
        case .found(let boundary):
            let form: MultipartForm
            do throws(MultipartError) {
                form = try MultipartForm(parsing: request.bytes, boundary: boundary)
            } catch {
                throw AdminError(
                    error.isLimit ? .payloadTooLarge : .invalidRequest, "The form cannot be read: \(error).")
            }
            let files = form.parts.filter { $0.fileName != nil || $0.name == "file" }
            guard !files.isEmpty else { throw AdminError(.invalidRequest, "The form holds no file.") }
            return files.map { part in
                (ImportSource.shown(part.fileName ?? part.name), form.withBytes(of: part) { Array($0) })
            }
        }
    }
}

nonisolated extension AdminError {
    static func importing(_ error: ImportError) -> AdminError {
        switch error {
        case .missing([]):
            AdminError(
                .importSourceNotFound, "No home folder is known: set ANTIGRAVITY_CLI_HOME, or name a path.")
        case .missing(let places):
            AdminError(
                .importSourceNotFound, "There is nothing to import at \(places.joined(separator: ", nor at ")).",
                details: ["places": .array(places.map { .string($0) })])
        case .unreadable(let place, let why):
            AdminError(
                .importUnreadable, "\(place) cannot be imported: \(why).", details: ["source": .string(place)])
        case .noLogin(let place):
            AdminError(.importUnreadable, "\(place) holds no login.", details: ["source": .string(place)])
        }
    }
}
