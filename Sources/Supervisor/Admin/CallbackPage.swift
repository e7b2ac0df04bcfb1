import Platform

/// What the browser shows when it comes back from Google. Nothing on the page comes from elsewhere, and no text on it acts:
/// the one script and the style are named by a number used once (Content Security Policy Level 3, section 6.7).
nonisolated enum CallbackPage {
    /// Also tells the page that opened the window, which waits for this message and closes it.
    static func success(_ email: String) -> AdminAnswer {
        page(
            200, "Signed in", "\(email) has been added. This window can be closed.",
            script: """
                if (window.opener) {
                  window.opener.postMessage({type: 'oauth-success', message: 'login success'}, '*');
                }
                """)
    }

    static func failure(_ text: String) -> AdminAnswer { page(400, "Not signed in", text, script: nil) }

    private static func page(_ status: Int, _ title: String, _ text: String, script: String?) -> AdminAnswer {
        let nonce = RandomID.alphanumerics(22)
        let scriptElement = script.map { "<script nonce=\"\(nonce)\">\n\($0)\n</script>\n" } ?? ""
        let html = """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(escaped(title))</title>
            <style nonce="\(nonce)">
            body { font: 16px/1.5 system-ui, sans-serif; max-width: 32em; margin: 4em auto; padding: 0 1em }
            </style>
            </head>
            <body>
            <h1>\(escaped(title))</h1>
            <p>\(escaped(text))</p>
            \(scriptElement)</body>
            </html>

            """
        let policy = """
            default-src 'none'; script-src \(script == nil ? "'none'" : "'nonce-\(nonce)'"); style-src 'nonce-\(nonce)'; \
            base-uri 'none'; form-action 'none'; frame-ancestors 'none'
            """
        return AdminAnswer(
            status: status, contentType: "text/html; charset=utf-8", body: Array(html.utf8),
            fields: [
                ("Content-Security-Policy", policy),
                // The address of this page holds the code.
                ("Referrer-Policy", "no-referrer"),
            ])
    }

    /// Text that means nothing to a browser, in an element and in a quoted attribute.
    static func escaped(_ text: String) -> String {
        var out = ""
        for character in text.unicodeScalars {
            switch character {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            case "'": out += "&#39;"
            default: out.unicodeScalars.append(character)
            }
        }
        return out
    }
}
