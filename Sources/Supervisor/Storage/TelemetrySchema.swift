/// The tables of telemetry.db: what helps and may be lost.
nonisolated enum TelemetrySchema {
    /// Marks the file as ours ("AGGT").
    static let applicationID = 0x4147_4754

    static let steps: [Migration] = [
        Migration(
            number: 1, name: "signatures",
            sql: """
                -- Thought signatures under the keys by which the next turn of a conversation asks for them.
                CREATE TABLE signatures (
                    id INTEGER PRIMARY KEY,
                    space INTEGER NOT NULL,
                    key BLOB NOT NULL,
                    family TEXT NOT NULL,
                    value BLOB NOT NULL,
                    -- Seconds since 1970: stored, or asked for since.
                    used_at INTEGER NOT NULL,
                    UNIQUE (space, key)
                ) STRICT;

                CREATE INDEX signatures_by_age ON signatures (used_at);

                -- What all of them take, kept by the triggers: a sum over the table would read it whole.
                CREATE TABLE signature_total (bytes INTEGER NOT NULL) STRICT;
                INSERT INTO signature_total (bytes) VALUES (0);

                CREATE TRIGGER signature_added AFTER INSERT ON signatures BEGIN
                    UPDATE signature_total SET bytes = bytes + 96 + length(new.key) + length(new.value);
                END;
                CREATE TRIGGER signature_changed AFTER UPDATE OF value ON signatures BEGIN
                    UPDATE signature_total SET bytes = bytes + length(new.value) - length(old.value);
                END;
                CREATE TRIGGER signature_removed AFTER DELETE ON signatures BEGIN
                    UPDATE signature_total SET bytes = bytes - 96 - length(old.key) - length(old.value);
                END;
                """),
        Migration(
            number: 2, name: "schedule",
            sql: """
                -- What the scheduler has learnt of accounts. All times are milliseconds since 1970.
                CREATE TABLE account_states (
                    account TEXT PRIMARY KEY,
                    state TEXT NOT NULL,
                    -- NULL: it has no end.
                    until INTEGER,
                    url TEXT,
                    failures INTEGER NOT NULL,
                    remembered_until INTEGER NOT NULL,
                    -- When the gateway looks by itself; NULL: it does not.
                    probe_at INTEGER,
                    -- Thousandths.
                    health INTEGER NOT NULL
                ) STRICT, WITHOUT ROWID;

                -- Per account and quota key.
                CREATE TABLE cells (
                    account TEXT NOT NULL,
                    key TEXT NOT NULL,
                    lock INTEGER NOT NULL,
                    until INTEGER NOT NULL,
                    locked_at INTEGER NOT NULL,
                    reason TEXT,
                    is_probing INTEGER NOT NULL,
                    PRIMARY KEY (account, key)
                ) STRICT, WITHOUT ROWID;

                CREATE TABLE ladders (
                    account TEXT NOT NULL,
                    key TEXT NOT NULL,
                    kind TEXT NOT NULL,
                    failures INTEGER NOT NULL,
                    remembered_until INTEGER NOT NULL,
                    PRIMARY KEY (account, key, kind)
                ) STRICT, WITHOUT ROWID;

                -- Models an account does not have.
                CREATE TABLE model_cells (
                    account TEXT NOT NULL,
                    model TEXT NOT NULL,
                    until INTEGER NOT NULL,
                    failures INTEGER NOT NULL,
                    remembered_until INTEGER NOT NULL,
                    PRIMARY KEY (account, model)
                ) STRICT, WITHOUT ROWID;

                -- Which account a conversation works with: a row for each of its names.
                CREATE TABLE bindings (
                    api_key_id TEXT NOT NULL,
                    session TEXT NOT NULL,
                    key TEXT NOT NULL,
                    -- The same for all names of one conversation.
                    number INTEGER NOT NULL,
                    account TEXT NOT NULL,
                    detour TEXT,
                    expires_at INTEGER NOT NULL,
                    PRIMARY KEY (api_key_id, session, key)
                ) STRICT, WITHOUT ROWID;

                CREATE INDEX bindings_by_number ON bindings (number);
                """),
        Migration(
            number: 3, name: "traffic",
            sql: """
                -- One row per AI request.
                CREATE TABLE request_logs (
                    -- The order of arrival here, which settles ties of `timestamp`.
                    seq INTEGER PRIMARY KEY,
                    id TEXT NOT NULL,
                    request_id TEXT NOT NULL,
                    -- Milliseconds since 1970 at which the request arrived.
                    timestamp INTEGER NOT NULL,
                    method TEXT NOT NULL,
                    url TEXT NOT NULL,
                    status INTEGER NOT NULL,
                    duration INTEGER NOT NULL,
                    model TEXT,
                    mapped_model TEXT,
                    account_email TEXT,
                    error TEXT,
                    input_tokens INTEGER,
                    output_tokens INTEGER,
                    protocol TEXT,
                    cursor_payload_kind TEXT,
                    client_ip TEXT,
                    worker_id INTEGER,
                    stream INTEGER NOT NULL
                ) STRICT;

                CREATE INDEX request_logs_by_id ON request_logs (id);
                -- Ascending, and the ids are too: a new row goes to the end, which is the cheapest place.
                CREATE INDEX request_logs_by_time ON request_logs (timestamp, seq);
                CREATE INDEX request_logs_failed ON request_logs (timestamp, seq) WHERE status < 200 OR status >= 400;

                -- What was kept of the bodies of a request; rows leave with theirs, or earlier.
                CREATE TABLE request_bodies (
                    seq INTEGER PRIMARY KEY,
                    request_body TEXT,
                    response_body TEXT,
                    bytes INTEGER NOT NULL
                ) STRICT;

                CREATE TABLE request_body_total (bytes INTEGER NOT NULL) STRICT;
                INSERT INTO request_body_total (bytes) VALUES (0);

                CREATE TRIGGER request_body_added AFTER INSERT ON request_bodies BEGIN
                    UPDATE request_body_total SET bytes = bytes + new.bytes;
                END;
                CREATE TRIGGER request_body_removed AFTER DELETE ON request_bodies BEGIN
                    UPDATE request_body_total SET bytes = bytes - old.bytes;
                END;
                CREATE TRIGGER request_log_removed AFTER DELETE ON request_logs BEGIN
                    DELETE FROM request_bodies WHERE seq = old.seq;
                END;

                -- One row per request whose tokens are known.
                CREATE TABLE token_usage (
                    id INTEGER PRIMARY KEY,
                    -- Seconds since 1970.
                    timestamp INTEGER NOT NULL,
                    account_email TEXT NOT NULL,
                    model TEXT NOT NULL,
                    mapped_model TEXT,
                    input_tokens INTEGER NOT NULL,
                    output_tokens INTEGER NOT NULL,
                    total_tokens INTEGER NOT NULL
                ) STRICT;

                CREATE INDEX token_usage_by_time ON token_usage (timestamp);

                -- The same summed by hours of UTC, `YYYY-MM-DD HH:00`; kept when the rows above have gone.
                CREATE TABLE token_stats_hourly (
                    hour_bucket TEXT NOT NULL,
                    account_email TEXT NOT NULL,
                    total_input_tokens INTEGER NOT NULL,
                    total_output_tokens INTEGER NOT NULL,
                    total_tokens INTEGER NOT NULL,
                    request_count INTEGER NOT NULL,
                    PRIMARY KEY (hour_bucket, account_email)
                ) STRICT, WITHOUT ROWID;
                """),
        Migration(
            number: 4, name: "sums-and-takeovers",
            sql: """
                -- From here on a row per second, account and model of what was written together; most often one request.
                ALTER TABLE token_usage ADD COLUMN requests INTEGER NOT NULL DEFAULT 1;

                -- How far the tables of another program are taken over: the last row of each.
                CREATE TABLE takeovers (
                    source TEXT PRIMARY KEY NOT NULL,
                    last_row INTEGER NOT NULL
                ) STRICT, WITHOUT ROWID;
                """),
    ]
}
