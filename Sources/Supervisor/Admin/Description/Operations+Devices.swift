import JSON

nonisolated extension Operations {
    static let devices: [Operation] = [
        .post(
            "/api/accounts/:id/bind-device", "Gives an account a new device profile",
            takes: .json(
                .object(optional: ["mode": Shape.word(["generate", "capture"]).orNull.byDefault("generate")]),
                example: ["mode": "generate"]),
            .json(
                .object(["success": .constant(true), "message": .text, "device_profile": .named(.deviceProfile)]),
                [
                    "success": true, "message": "Device fingerprint bound successfully",
                    "device_profile": Examples.device,
                ]),
            [.accountNotFound, .storageNotFound] + .storing),
        .get("/api/accounts/:id/device-profiles", "The device profiles of an account", view, viewing),
        .get("/api/accounts/:id/device-versions", "The device profiles of an account", view, viewing),
        .post("/api/accounts/device-preview", "A device profile that is stored nowhere", profile),
        .post(
            "/api/accounts/:id/bind-device-profile", "Gives an account this device profile",
            takes: .json(
                Shape(["anyOf": [.object(Shape.object(["profile": given]).json), .object(given.json)]]),
                example: [
                    "profile": [
                        "machineId": "auth0|user_x", "macMachineId": "m", "devDeviceId": "d", "sqmId": "{S}",
                    ]
                ]), profile, viewing),
        .post(
            "/api/accounts/:id/device-versions/:versionId/restore", "Binds an earlier device profile of an account",
            profile, [.versionNotFound] + viewing),
        .delete(
            "/api/accounts/:id/device-versions/:versionId", "Forgets a device profile",
            [.versionNotFound, .versionInUse] + viewing),
        .post(
            "/api/accounts/restore-original", "Binds the first profile of this installation to the current account",
            .json(.text, "Original device fingerprint restored", "A sentence."), [.versionNotFound] + viewing),
    ]

    private static let viewing: [AdminError.Code] = [.accountNotFound] + .storing
    private static let profile = Operation.Answer.json(.named(.deviceProfile), Examples.device, "The profile.")
    private static let name = Shape.bounded(1...DeviceProfile.lengthMax)
    private static let given = Shape.object([
        "machineId": name, "macMachineId": name, "devDeviceId": name, "sqmId": name,
    ])
    private static let view = Operation.Answer.json(
        .object([
            "current_storage": Shape.named(.deviceProfile).orNull.says("What the editor of this machine has."),
            "bound_profile": Shape.named(.deviceProfile).orNull,
            "history": .list(
                of: .object([
                    "id": .text, "created_at": .moment, "label": .text, "profile": .named(.deviceProfile),
                    "is_current": .flag,
                ])),
            "baseline": Shape.named(.deviceProfile).orNull.says("The first that was ever bound here."),
        ]),
        [
            "current_storage": .null, "bound_profile": Examples.device,
            "history": [
                [
                    "id": "5e1f2f0a-5d0e-4f0e-9a53-0d8a4f9a7b11", "created_at": 1_769_500_000, "label": "generated",
                    "profile": Examples.device, "is_current": true,
                ]
            ], "baseline": Examples.device,
        ], "What is known.")
}
