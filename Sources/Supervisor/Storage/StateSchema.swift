/// The tables of state.db: what must survive everything.
nonisolated enum StateSchema {
    /// Marks the file as ours ("AGGW").
    static let applicationID = 0x4147_4757

    static let steps: [Migration] = [
        Migration(
            number: 1, name: "configuration-and-accounts",
            sql: """
                CREATE TABLE meta (
                    name TEXT PRIMARY KEY NOT NULL,
                    value TEXT NOT NULL
                ) STRICT, WITHOUT ROWID;

                -- One row: the document as the operator stored it, and how often it was stored.
                CREATE TABLE config (
                    id INTEGER PRIMARY KEY CHECK (id = 1),
                    revision INTEGER NOT NULL,
                    document TEXT NOT NULL
                ) STRICT;

                CREATE TABLE accounts (
                    id TEXT PRIMARY KEY NOT NULL,
                    kind TEXT NOT NULL CHECK (kind IN ('code_assist', 'gemini_key')),
                    position INTEGER NOT NULL,
                    -- The e-mail as first seen, or the label of an API key; and the form in which it is unique.
                    email TEXT NOT NULL,
                    email_key TEXT NOT NULL UNIQUE,
                    name TEXT,
                    access_token TEXT,
                    refresh_token TEXT,
                    token_type TEXT,
                    expires_in INTEGER,
                    expires_at INTEGER,
                    project_id TEXT,
                    api_key TEXT,
                    disabled_reason TEXT,
                    disabled_at INTEGER,
                    proxy_disabled INTEGER NOT NULL DEFAULT 0,
                    proxy_disabled_reason TEXT,
                    proxy_disabled_at INTEGER,
                    created_at INTEGER NOT NULL,
                    last_used INTEGER NOT NULL,
                    quota TEXT,
                    protected_models TEXT NOT NULL DEFAULT '[]',
                    device_profile TEXT
                ) STRICT;
                """),
        Migration(
            number: 2, name: "device-versions",
            sql: """
                CREATE TABLE device_versions (
                    number INTEGER PRIMARY KEY AUTOINCREMENT,
                    id TEXT NOT NULL UNIQUE,
                    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
                    created_at INTEGER NOT NULL,
                    label TEXT NOT NULL,
                    profile TEXT NOT NULL,
                    is_current INTEGER NOT NULL DEFAULT 0
                ) STRICT;
                CREATE INDEX device_versions_by_account ON device_versions (account_id, number);
                """),
        Migration(
            number: 3, name: "client-files",
            sql: """
                -- Files of clients that were made here, with the SHA-256 of what was written; empty: changed since.
                CREATE TABLE cli_files (
                    path TEXT PRIMARY KEY NOT NULL,
                    digest TEXT NOT NULL
                ) STRICT, WITHOUT ROWID;
                """),
    ]
}
