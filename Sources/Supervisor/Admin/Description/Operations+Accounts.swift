import JSON

nonisolated extension Operations {
    static let accounts: [Operation] = [
        .get(
            "/api/accounts", "All accounts, in the operator's order",
            .json(
                .object(["accounts": .list(of: .named(.account)), "current_account_id": Shape.id.orNull]),
                ["accounts": [Examples.account], "current_account_id": Examples.id])),
        .post(
            "/api/accounts", "Adds an account by its refresh token, or by an API key with a label",
            takes: .json(
                .either(
                    .object(["refreshToken": .bounded(1...4096)]),
                    .object(["apiKey": .matching("^[!-~]{1,256}$"), "label": .bounded(1...256)])),
                example: ["refreshToken": "1//0abc"]),
            .json(.named(.account), Examples.account, "The account, also if it was there before."), .checking),
        .get(
            "/api/accounts/current", "The account that is shown first",
            .json(Shape.named(.account).orNull, Examples.account, "The account; null if there is none.")),
        .get(
            "/api/accounts/:id", "One account", .json(.named(.account), Examples.account, "The account."),
            [.accountNotFound]),
        .delete("/api/accounts/:id", "Removes an account", [.accountNotFound] + .storing),
        .post(
            "/api/accounts/switch", "Makes another account the current one",
            takes: .json(.object(["accountId": .bounded(1...256)]), example: ["accountId": Examples.id]),
            .json(
                .object(["success": .constant(true), "current_account_id": .id]),
                ["success": true, "current_account_id": Examples.id]),
            [.accountNotFound, .switchInProgress, .reauthRequired, .upstreamError] + .storing),
        .post(
            "/api/accounts/refresh", "Reads the quota of all accounts", query: [includeForbidden],
            .json(
                .object(["total": .count, "success": .count, "failed": .count, "details": .list(of: .text)]),
                [
                    "total": 3, "success": 2, "failed": 1,
                    "details": ["Account c@example.com: Google did not answer in time."],
                ], "All are done.")),
        .get(
            "/api/accounts/:id/quota", "Reads the quota of an account now, and stores it", query: [cached],
            .json(
                Shape.named(.quota).orNull, Examples.quota, "The record; null for an account without one."),
            .usingToken),
        .post(
            "/api/accounts/:id/toggle-proxy", "Takes an account out of AI traffic, or back",
            takes: .json(
                .object(optional: [
                    "enable": Shape.flag.orNull.says("Absent: the other way round."),
                    "reason": .bounded(0...800).orNull,
                ]), example: ["enable": false, "reason": "holiday"]),
            .json(
                .object(["success": .constant(true), "proxy_disabled": .flag]),
                ["success": true, "proxy_disabled": true]),
            [.accountNotFound] + .storing),
        .post(
            "/api/accounts/bulk-delete", "Removes accounts, all or none", takes: .json(ids, example: idsExample),
            .json(
                .object([
                    "success": .constant(true), "deleted": .count,
                    "not_found": .list(of: .text).says("Ids that nobody has."),
                ]), ["success": true, "deleted": 1, "not_found": ["id9"]]), .storing),
        .post(
            "/api/accounts/reorder", "Changes the order; accounts that are left out follow as they were",
            takes: .json(ids, example: idsExample), .success, .storing),
        .post(
            "/api/accounts/warmup", "Begins the quota windows that are untouched, of all accounts",
            .json(.text, "Warmup task triggered for 4 models", "What was begun, a sentence.")),
        .post(
            "/api/accounts/:id/warmup", "Begins the quota windows that are untouched, of one account",
            .json(.text, "Successfully triggered warmup for 2 model series", "What was begun, a sentence."),
            .usingToken),
        .post(
            "/api/accounts/limits/clear", "Ends the locks of one account, or of all",
            takes: .json(
                .object(optional: ["accountId": .bounded(1...64).orNull]), example: ["accountId": Examples.id]),
            .success, [.accountNotFound]),
    ]

    private static let includeForbidden = Operation.Query(
        "include_forbidden", .flag, "Also of accounts that Google refuses the service to.")
    private static let cached = Operation.Query("cached", .flag, "The stored record, without asking Google.")
    private static let ids = Shape.object([
        "accountIds": .list(of: .bounded(0...256), countMax: AccountCareAPI.idsMax)
    ])
    private static let idsExample: JSONValue = ["accountIds": [Examples.id, "id9"]]
}
