import Platform

/// The page at `/`: what this is and where things are. It shows nothing of the state.
nonisolated enum FrontPage {
    static let answer = AdminAnswer(
        contentType: "text/html; charset=utf-8", body: Array(html.utf8),
        fields: [
            ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
            ("Referrer-Policy", "no-referrer"),
        ])

    private static let html = """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Antigravity Gateway</title>
        <style>body { font: 16px/1.5 system-ui, sans-serif; max-width: 40em; margin: 4em auto; padding: 0 1em }
        code { background: #8882; padding: .1em .3em; border-radius: .2em }</style>
        </head>
        <body>
        <h1>Antigravity Gateway \(ProductVersion.text)</h1>
        <p>The gateway is running.</p>
        <ul>
        <li>AI clients: base URL <code>/v1</code> on this address, with the API key as bearer token.</li>
        <li>Administration: <code>/api/accounts</code>, <code>/api/config</code>, <code>/api/proxy/status</code>, with the
        admin token.</li>
        <li>Health: <a href="/api/health"><code>/api/health</code></a>.</li>
        </ul>
        </body>
        </html>

        """
}
