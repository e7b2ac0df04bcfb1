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
                """)
    ]
}
