import APIErrors
import HTTP
import JSON
import Platform

/// What a client gets whose request could not be read: the error shape of the admin API below `/api`, else that of the
/// dialect its path belongs to. Where the request line itself was not understood the path is unknown; then it is OpenAI's.
enum RefusalAnswer {
    static func render(_ refusal: HTTPRefusal) -> (head: ResponseHead, body: [UInt8]) {
        let path = refusal.path ?? "/v1/"
        if path.hasPrefix("/api/") { return admin(refusal) }
        let family = DialectFamily.of(path: path, fields: HTTPFields())
        return APIFailure.refusal(refusal).response(in: family, requestID: RandomID.uuid())
    }

    private static func admin(_ refusal: HTTPRefusal) -> (head: ResponseHead, body: [UInt8]) {
        var writer = JSONWriter(reserving: 128)
        writer.beginObject()
        writer.field("error", refusal.text)
        writer.field("code", "invalid_request")
        writer.endObject()
        var fields = HTTPFields()
        fields.add("Content-Type", "application/json; charset=utf-8")
        fields.add("Cache-Control", "no-store")
        return (ResponseHead(status: refusal.status, fields: fields), writer.bytes)
    }
}
