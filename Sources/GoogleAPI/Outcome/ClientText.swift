/// Makes an upstream text fit for a client, a log or a page: nothing in it may name an account, a project, an address
/// or a secret.
public enum ClientText {
    /// Bytes of a text that are kept.
    public static let lengthMaxBytes = 1000

    /// - Parameter hiding: exact strings that must not appear, such as the account's project id and e-mail address.
    public static func redact(_ text: String, hiding: [String] = []) -> String {
        var output = ""
        var previous = ""
        var isQuoted = false
        // A word cut in half could slip through, so a little more than what is kept is read.
        var rest = text.unicodeScalars[...]
        while let first = rest.first, output.utf8.count < lengthMaxBytes {
            if isSeparator(first) {
                isQuoted = first == "'" || first == "\"" || first == "`" || isQuoted && first == "'"
                output.unicodeScalars.append(first.value < 0x20 || first.value == 0x7f ? " " : first)
                rest.removeFirst()
                continue
            }
            let word = rest.prefix { !isSeparator($0) }
            rest = rest[word.endIndex...]
            let plain = String(word)
            output += replacement(plain, after: previous, isQuoted: isQuoted, hiding)
            previous = plain
            isQuoted = false
        }
        while output.utf8.count > lengthMaxBytes { output.unicodeScalars.removeLast() }
        return output
    }

    private static func isSeparator(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value <= 0x20 || scalar.value == 0x7f || "\"'`,;()<>[]{}|".unicodeScalars.contains(scalar)
    }

    private static func replacement(
        _ word: String, after previous: String, isQuoted: Bool, _ hiding: [String]
    ) -> String {
        var end = word[...]
        var tail = ""
        while let last = end.last, ".:!?".contains(last) { tail = String(end.removeLast()) + tail }
        let core = String(end)
        let lower = core.lowercased()
        if hiding.contains(where: { !$0.isEmpty && lower.contains($0.lowercased()) }) { return "[hidden]" + tail }
        if lower.contains("://") || lower.hasPrefix("www.") { return "[link]" + tail }
        if isMailAddress(core) { return "[e-mail]" + tail }
        if isSecret(core) || previous.lowercased().hasSuffix("bearer") { return "[secret]" + tail }
        if let masked = maskedProject(core) { return masked + tail }
        if isProjectWord(previous), isProjectID(core, isQuoted: isQuoted) { return "[project]" + tail }
        return word
    }

    private static func isMailAddress(_ word: String) -> Bool {
        let parts = word.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count >= 2 && !parts[0].isEmpty && parts[1].contains(".")
    }

    /// Prefixes of Google's access tokens, refresh tokens, API keys and client secrets, of JSON web tokens; else a long run
    /// of mixed letters and digits.
    private static func isSecret(_ word: String) -> Bool {
        if ["ya29.", "1//", "AIza", "GOCSPX-", "eyJ", "4/0"].contains(where: { word.contains($0) }) { return true }
        guard word.utf8.count >= opaqueLengthMin else { return false }
        return word.contains { $0.isUppercase } && word.contains { $0.isLowercase } && word.contains { $0.isNumber }
            && !word.contains("[") && !word.contains("::")
    }

    private static let opaqueLengthMin = 40

    /// `projects/ID/...`, `project_number:ID`, `project=ID`: the same with the id masked; nil if there is none.
    private static func maskedProject(_ word: String) -> String? {
        let lower = word.lowercased()
        for marker in ["projects/", "project_number:", "project_id:", "project:", "project=", "project_id="] {
            guard let found = lower.firstRange(of: marker) else { continue }
            let start = word.utf8.index(
                word.startIndex, offsetBy: lower.utf8.distance(from: lower.startIndex, to: found.upperBound))
            let id = word[start...].prefix { $0 != "/" && $0 != ":" && $0 != "=" }
            if id.isEmpty { continue }
            return word[..<start] + "[project]" + word[id.endIndex...]
        }
        return nil
    }

    private static func isProjectWord(_ word: String) -> Bool {
        let lower = word.lowercased()
        return ["project", "projects", "project:", "project=", "project_id", "project_id:", "project_number"].contains(
            lower)
    }

    /// Google Cloud project ids are 6 to 30 lower-case letters, digits and hyphens; numbers are digits. An unquoted plain
    /// word is an ordinary one ("project resource").
    private static func isProjectID(_ word: String, isQuoted: Bool) -> Bool {
        let id = word.hasPrefix("#") ? word.dropFirst() : word[...]
        guard !id.isEmpty, id.utf8.count <= 64 else { return false }
        return isQuoted || id.contains { $0.isNumber || $0 == "-" }
    }
}
