import APIErrors
import HTTP
import JSON

/// Reads pictures, sounds and files out of message parts. Data comes inline or is named by an `http` or `https` address; nothing
/// is ever read from this machine's disk.
enum MediaReader {
    /// A part whose member `name` is a URL, or an object with one under `url`.
    static func media(at part: JSONNode, _ name: StaticString, sniffs: Bool) throws(APIFailure) -> Media {
        guard let holder = part.given(name) else { throw RequestReading.refuse(part, "has no \(name)") }
        guard let url = holder.kind == .object ? holder.given("url") : holder, url.kind == .string else {
            throw RequestReading.refuse(holder, "must be a URL")
        }
        return try media(fromURL: url, sniffs: sniffs)
    }

    /// - Parameter untyped: the type of data that names none, but for pictures.
    static func media(
        fromURL url: JSONNode, sniffs: Bool, untyped: String = "text/plain"
    ) throws(APIFailure) -> Media {
        do {
            return try DataURL.media(from: url, sniffs: sniffs, untyped: sniffs ? "image/png" : untyped)
        } catch .otherScheme {
            return try remote(url, isPicture: sniffs)
        } catch .noComma {
            throw RequestReading.refuse(url, "is a data URL without data")
        } catch {
            throw RequestReading.refuse(url, "does not hold valid base64")
        }
    }

    /// `{"type":"input_audio","input_audio":{"data","format"}}`.
    static func audio(_ part: JSONNode) throws(APIFailure) -> Media {
        guard let holder = try RequestReading.object(part, "input_audio") else {
            throw RequestReading.refuse(part, "has no input_audio")
        }
        guard let data = holder.given("data"), data.kind == .string else {
            throw RequestReading.refuse(holder, "has no data")
        }
        return Media(
            mimeType: MediaType.ofAudio(format: holder.word("format") ?? "wav"), data: try base64(data))
    }

    /// `{"type":"file","file":{"filename","file_data"}}`, or the same members directly in the part; `file_url` may hold a data
    /// URL.
    static func file(_ part: JSONNode) throws(APIFailure) -> Media {
        let holder = part.given("file") ?? part
        guard let data = holder.given("file_data"), data.kind == .string else {
            if let url = holder.given("file_url"), url.kind == .string {
                return try media(fromURL: url, sniffs: false)
            }
            if let id = holder.given("file_id") {
                throw RequestReading.refuse(id, "files by id are not supported, send file_data")
            }
            throw RequestReading.refuse(holder, "has no file_data")
        }
        let name = holder.word("filename")
        let ownType = name.flatMap { MediaType.ofFile(named: $0) }
        if data.withEscapedContent({ DataURL.isDataURL($0) }) == true {
            var media = try media(fromURL: data, sniffs: false, untyped: ownType ?? "text/plain")
            media.mimeType = MediaType.ofFile(typed: media.mimeType, named: name)
            return media
        }
        let bytes = try base64(data)
        return Media(mimeType: ownType ?? MediaType.sniff(bytes) ?? "application/pdf", data: bytes)
    }

    /// Google's `{"mimeType","data"}`.
    static func inlineData(_ node: JSONNode) throws(APIFailure) -> Media {
        guard node.kind == .object, let data = node.given("data"), data.kind == .string else {
            throw RequestReading.refuse(node, "has no data")
        }
        let bytes = try base64(data)
        let type = node.given("mimeType", "mime_type")?.string ?? ""
        return Media(mimeType: type.isEmpty ? MediaType.sniff(bytes) ?? "image/png" : type, data: bytes)
    }

    static func base64(_ node: JSONNode) throws(APIFailure) -> Base64Text {
        if node.withEscapedContent({ Base64.isNormal($0) }) == true {
            let size = node.withRawBytes { $0.count }
            return Base64Text(slice: node, 1..<(size - 1))
        }
        guard let data = Base64.normalize((node.string ?? "").utf8) else {
            throw RequestReading.refuse(node, "is not valid base64")
        }
        return Base64Text(owned: data)
    }

    private static func remote(_ url: JSONNode, isPicture: Bool) throws(APIFailure) -> Media {
        let text = url.string ?? ""
        let scheme = text.prefix { $0 != ":" }.lowercased()
        guard scheme == "http" || scheme == "https" else {
            throw RequestReading.refuse(url, "must be a data URL or an http or https address")
        }
        guard let address = HTTPURL(repairing: text) else {
            throw RequestReading.refuse(url, "is not a valid address, or holds a user name")
        }
        return Media(mimeType: "", data: Base64Text(RemoteMedia(address, isPicture: isPicture, path: url.path)))
    }
}
