#pragma once
#include <sqlite3.h>

/// sqlite3_db_config is variadic, which Swift cannot call: sets an on/off option.
static inline int csqlite_db_config_flag(sqlite3 *db, int option, int on) {
    return sqlite3_db_config(db, option, on, (int *)0);
}

/// SQLITE_TRANSIENT is a cast that Swift cannot see: SQLite copies the bytes before it returns.
static inline int csqlite_bind_text(sqlite3_stmt *s, int index, const char *bytes, int count) {
    return sqlite3_bind_text(s, index, bytes, count, SQLITE_TRANSIENT);
}
static inline int csqlite_bind_blob(sqlite3_stmt *s, int index, const void *bytes, int count) {
    return sqlite3_bind_blob(s, index, bytes, count, SQLITE_TRANSIENT);
}
