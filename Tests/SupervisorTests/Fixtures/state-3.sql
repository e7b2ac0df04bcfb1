-- state.db with schema 3 and some contents. Never changed: files like this are out there.
PRAGMA application_id = 1095190359;
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

-- Files of clients that were made here, with the SHA-256 of what was written; empty: changed since.
CREATE TABLE cli_files (
    path TEXT PRIMARY KEY NOT NULL,
    digest TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Contents as the program of version 3 wrote them.
INSERT INTO meta VALUES ('current_account', '3f0c6b1e-5b0e-4f0e-9a53-0d8a4f9a7b11');
INSERT INTO config VALUES (1, 7, '{"language":"en","theme":"dark","unknown":{"kept":0.40},"proxy":{"api_key":"sk-sample","port":8045}}');
INSERT INTO accounts VALUES ('9a1d7c52-0d6e-4a7d-8f0f-2f4a3c1b5e66', 'gemini_key', 2, 'Home', 'home', NULL, NULL, NULL, NULL, NULL,
    NULL, NULL, 'sample-key', NULL, NULL, 0, NULL, NULL, 1769000100, 1769000100, NULL, '[]', NULL);
INSERT INTO accounts VALUES ('3f0c6b1e-5b0e-4f0e-9a53-0d8a4f9a7b11', 'code_assist', 1, 'Dev@example.com', 'dev@example.com',
    'Dev Example', 'ya29.sample', '1//sample', 'Bearer', 3599, 1769003600, 'project-1', NULL, NULL, NULL, 1, 'holiday', 1769000000,
    1769000000, 1769000050,
    '{"models":[{"name":"gemini-3-flash","percentage":87,"reset_time":"2026-01-27T18:05:11Z"}],"last_updated":1769000040,"is_forbidden":false,"subscription_tier":"free-tier"}',
    '["gemini-3-flash"]', NULL);
INSERT INTO cli_files VALUES ('/home/dev/.codex/config.toml', '');
INSERT INTO device_versions VALUES (1, 'version-1', '3f0c6b1e-5b0e-4f0e-9a53-0d8a4f9a7b11', 1769000000, 'auto_generated',
    '{"machine_id":"m","mac_machine_id":"a","dev_device_id":"d","sqm_id":"s"}', 1);
PRAGMA user_version = 3;
