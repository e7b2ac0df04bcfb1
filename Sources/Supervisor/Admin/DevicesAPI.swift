import JSON

/// `/api/accounts`: the device profiles that are kept for the accounts.
final class DevicesAPI {
    private let devices: DeviceBook

    init(devices: DeviceBook) { self.devices = devices }

    /// `POST /api/accounts/:id/bind-device`
    func bindNew(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        let id = try request.id("id")
        let profile: DeviceProfile
        switch try request.text("mode", length: 0...64) {
        case nil, "generate":
            profile = try await answer(id) { () async throws(DeviceBook.Failure) in try await devices.generate(for: id)
            }
        case "capture":
            profile = try await answer(id) { () async throws(DeviceBook.Failure) in try await devices.capture(for: id) }
        case _?: throw .field("mode", "must be generate or capture")
        }
        return .json([
            "success": true, "message": "Device fingerprint bound successfully", "device_profile": profile.json,
        ])
    }

    /// `GET /api/accounts/:id/device-profiles` and `device-versions`
    func view(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        let id = try request.id("id")
        let view = try await answer(id) { () async throws(DeviceBook.Failure) in try await devices.view(of: id) }
        return .json([
            "current_storage": view.editor?.json ?? .null, "bound_profile": view.bound?.json ?? .null,
            "history": .array(view.history.map(\.json)), "baseline": view.baseline?.json ?? .null,
        ])
    }

    /// `POST /api/accounts/device-preview`: a profile that is stored nowhere.
    func preview(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer { .json(DeviceProfile.random().json) }

    /// `POST /api/accounts/:id/bind-device-profile`: `{"profile": {...}}` or the bare profile.
    func bindGiven(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        let id = try request.id("id")
        let given: (object: JSONObject, path: String)
        switch request["profile"] {
        case nil, .null: given = (request.body, "")
        case .object(let object)?: given = (object, "profile.")
        case _?: throw .field("profile", "must be an object")
        }
        let profile: DeviceProfile
        do throws(DeviceProfile.MissingMember) {
            profile = try DeviceProfile(checking: given.object)
        } catch {
            throw .field(given.path + error.name, "must be a string of 1 to \(DeviceProfile.lengthMax) characters")
        }
        return .json(
            try await answer(id) { () async throws(DeviceBook.Failure) in
                try await devices.bind(profile, .generated, to: id)
            }.json)
    }

    /// `POST /api/accounts/:id/device-versions/:versionId/restore`
    func restore(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        let (id, version) = (try request.id("id"), try request.id("versionId"))
        return .json(
            try await answer(id) { () async throws(DeviceBook.Failure) in
                try await devices.restore(version, of: id)
            }.json)
    }

    /// `DELETE /api/accounts/:id/device-versions/:versionId`
    func delete(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        let (id, version) = (try request.id("id"), try request.id("versionId"))
        try await answer(id) { () async throws(DeviceBook.Failure) in try await devices.delete(version, of: id) }
        return AdminAnswer(status: 204, body: [])
    }

    /// `POST /api/accounts/restore-original`: binds the first profile of this installation to the current account.
    func restoreOriginal(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        _ = try await answer("") { () async throws(DeviceBook.Failure) in try await devices.restoreOriginal() }
        return .json("Original device fingerprint restored")
    }

    private func answer<T>(
        _ id: String, _ work: () async throws(DeviceBook.Failure) -> T
    ) async throws(AdminError) -> T {
        do throws(DeviceBook.Failure) {
            return try await work()
        } catch {
            switch error {
            case .unknownAccount: throw .noAccount(id)
            case .unknownVersion: throw AdminError(.versionNotFound, "There is no such device version.")
            case .inUse: throw AdminError(.versionInUse, "The bound version and the baseline cannot be deleted.")
            case .noEditor: throw AdminError(.storageNotFound, "The editor's storage.json holds no device profile.")
            case .storage(let error): throw .storage(error)
            }
        }
    }
}
