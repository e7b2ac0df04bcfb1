-- telemetry.db of schema 1 with some contents. Never changed: files like this are out there.
PRAGMA auto_vacuum = INCREMENTAL;
PRAGMA application_id = 1095190356;
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

-- Contents as a program of that version wrote them.
INSERT INTO signatures (space, key, family, value, used_at) VALUES (0, x'01', 'claude', x'aabbcc', 1769000000);
PRAGMA user_version = 1;
