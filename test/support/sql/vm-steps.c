/*
 * vm_steps(): how many instructions of SQLite's virtual machine the other statements of this connection have executed
 * since it was called last. better-sqlite3 does not expose sqlite3_stmt_status, so the tests load this extension.
 */
#include "sqlite3ext.h"
SQLITE_EXTENSION_INIT1

static void vmSteps(sqlite3_context *context, int argc, sqlite3_value **argv) {
  sqlite3 *db = sqlite3_context_db_handle(context);
  sqlite3_int64 steps = 0;
  for (sqlite3_stmt *statement = sqlite3_next_stmt(db, 0); statement; statement = sqlite3_next_stmt(db, statement)) {
    int own = sqlite3_stmt_status(statement, SQLITE_STMTSTATUS_VM_STEP, 1);
    if (!sqlite3_stmt_busy(statement)) steps += own;
  }
  sqlite3_result_int64(context, steps);
}

int sqlite3_vmsteps_init(sqlite3 *db, char **error, const sqlite3_api_routines *api) {
  SQLITE_EXTENSION_INIT2(api);
  return sqlite3_create_function(db, "vm_steps", 0, SQLITE_UTF8, 0, vmSteps, 0, 0);
}
