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

/// SQLITE_STATIC: SQLite reads the bytes where they are, until another value is bound in their place.
static inline int csqlite_bind_text_in_place(sqlite3_stmt *s, int index, const char *bytes, int count) {
    return sqlite3_bind_text(s, index, bytes, count, SQLITE_STATIC);
}

/// sqlite3_config is variadic too. Before the first connection: SQLite does not count its memory, which would take a lock that
/// all threads share at each allocation.
static inline void csqlite_do_not_count_memory(void) {
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

/// errno of the write that failed last on the journal or the database itself; 0 if none did. sqlite3_system_errno keeps
/// nothing of a write that fails in COMMIT.
static inline int csqlite_last_errno(sqlite3 *db) {
    int last = 0;
    sqlite3_file *file = 0;
    if (sqlite3_file_control(db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file) == SQLITE_OK && file && file->pMethods) {
        file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &last);
    }
    if (last == 0) {
        sqlite3_file_control(db, "main", SQLITE_FCNTL_LAST_ERRNO, &last);
    }
    return last;
}
