/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The database as bytes. The write-ahead log is emptied into the file first, and the write lock
 * held while the file is read, so that nothing changes it meanwhile; readers go on. It is read
 * through SQLite's own handle: opening it once more and closing that would drop SQLite's locks,
 * which the system keeps by process.
 */
#include "store/sqlite/sqlite.h"

#include <stdlib.h>

#define COPY_STEP (1 << 20)

static tanu_status copy_bytes(struct sqlite_store *s, sqlite3_file *file, uint8_t *chunk,
			      tanu_status (*write)(void *self, const void *bytes, size_t len,
						   uint64_t total, tanu_error *err),
			      void *self, tanu_error *err)
{
	sqlite3_int64 total = 0;
	tanu_status st = TANU_OK;
	int rc = file->pMethods->xFileSize(file, &total);

	for (sqlite3_int64 at = 0; at < total && rc == SQLITE_OK && st >= 0; at += COPY_STEP) {
		const int len = total - at < COPY_STEP ? (int)(total - at) : COPY_STEP;

		if ((rc = file->pMethods->xRead(file, chunk, len, at)) == SQLITE_OK)
			st = write(self, chunk, (size_t)len, (uint64_t)total, err);
	}
	return rc == SQLITE_OK ? st : sqlite_fail(s, rc, err);
}

tanu_status sqlite_copy(struct store *store,
			tanu_status (*write)(void *self, const void *bytes, size_t len,
					     uint64_t total, tanu_error *err),
			void *self, tanu_error *err)
{
	struct sqlite_store *s = (struct sqlite_store *)store;
	uint8_t *chunk = malloc(COPY_STEP);
	sqlite3_file *file = NULL;
	tanu_status st;
	int rc;

	if (!chunk)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, s->path, "not enough memory");
	if ((st = sqlite_scrub(store, err)) < 0 || (st = sqlite_begin(store, err)) < 0)
		goto out;
	rc = sqlite3_file_control(s->db, "main", SQLITE_FCNTL_FILE_POINTER, &file);
	st = rc == SQLITE_OK ? copy_bytes(s, file, chunk, write, self, err)
			     : sqlite_fail(s, rc, err);
	sqlite_rollback(store);
out:
	free(chunk);
	return st;
}
