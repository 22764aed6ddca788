/* SPDX-License-Identifier: Apache-2.0 */
/*
 * With secure_delete SQLite zeroes the rows it deletes, but not the copies that its pages are left
 * with when rows move between neighbours: the moved row stays in the unused middle of its old page,
 * and is still there when the row itself is deleted (tests/store/test_erasure.c finds such copies
 * without this file). So every page is cleaned on its way into the database file: zeros between the
 * array of cell pointers and the first cell, which SQLite never reads. The write-ahead log is left
 * alone, since its frames carry checksums; a scrub truncates it.
 *
 * File format: https://www.sqlite.org/fileformat2.html, section 1.6. The first byte of a page says
 * what it is, given that the database has no pointer maps (auto_vacuum off) and fewer than 2^25
 * pages, so that the page number at the start of an overflow or free page begins with 0 or 1.
 */
#include "store/sqlite/sqlite.h"

#include <pthread.h>
#include <stdint.h>
#include <string.h>

#define FILE_HEADER_LEN 100
#define PAGE_BYTES_MAX	65536

struct clean_file {
	sqlite3_file base;
	sqlite3_file *real;
};

static uint32_t u16be(const uint8_t *p)
{
	return (uint32_t)p[0] << 8 | p[1];
}

/* Zero what a b-tree page does not use. Anything that does not add up is left as it is. */
static void clean_page(uint8_t *page, size_t len, bool first)
{
	uint8_t *header = page + (first ? FILE_HEADER_LEN : 0);
	bool interior = header[0] == 2 || header[0] == 5;
	bool leaf = header[0] == 10 || header[0] == 13;
	size_t cells = u16be(header + 3);
	size_t content = u16be(header + 5) ? u16be(header + 5) : PAGE_BYTES_MAX;
	uint8_t *pointers = header + (interior ? 12 : 8);
	size_t gap = (size_t)(pointers - page) + 2 * cells;

	if ((!interior && !leaf) || gap > content || content > len)
		return;
	for (size_t i = 0; i < cells; i++)
		if (u16be(pointers + 2 * i) < content)
			return;
	memset(page + gap, 0, content - gap);
}

static sqlite3_file *real_of(sqlite3_file *file)
{
	return ((struct clean_file *)file)->real;
}

static int clean_write(sqlite3_file *file, const void *bytes, int len, sqlite3_int64 offset)
{
	sqlite3_file *real = real_of(file);
	uint8_t page[PAGE_BYTES_MAX];

	/* The pager writes whole pages. */
	if (len < 512 || len > PAGE_BYTES_MAX || offset % len != 0)
		return real->pMethods->xWrite(real, bytes, len, offset);
	memcpy(page, bytes, (size_t)len);
	clean_page(page, (size_t)len, offset == 0);
	return real->pMethods->xWrite(real, page, len, offset);
}

static int clean_close(sqlite3_file *file)
{
	return real_of(file)->pMethods->xClose(real_of(file));
}

static int clean_read(sqlite3_file *file, void *bytes, int len, sqlite3_int64 offset)
{
	return real_of(file)->pMethods->xRead(real_of(file), bytes, len, offset);
}

static int clean_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	return real_of(file)->pMethods->xTruncate(real_of(file), size);
}

static int clean_sync(sqlite3_file *file, int flags)
{
	return real_of(file)->pMethods->xSync(real_of(file), flags);
}

static int clean_size(sqlite3_file *file, sqlite3_int64 *size)
{
	return real_of(file)->pMethods->xFileSize(real_of(file), size);
}

static int clean_lock(sqlite3_file *file, int level)
{
	return real_of(file)->pMethods->xLock(real_of(file), level);
}

static int clean_unlock(sqlite3_file *file, int level)
{
	return real_of(file)->pMethods->xUnlock(real_of(file), level);
}

static int clean_check_lock(sqlite3_file *file, int *taken)
{
	return real_of(file)->pMethods->xCheckReservedLock(real_of(file), taken);
}

static int clean_control(sqlite3_file *file, int op, void *arg)
{
	return real_of(file)->pMethods->xFileControl(real_of(file), op, arg);
}

static int clean_sector(sqlite3_file *file)
{
	return real_of(file)->pMethods->xSectorSize(real_of(file));
}

static int clean_device(sqlite3_file *file)
{
	return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

/* Version 1: no shared memory and no mapping of the file, ever. */
static const sqlite3_io_methods methods = {
    .iVersion = 1,
    .xClose = clean_close,
    .xRead = clean_read,
    .xWrite = clean_write,
    .xTruncate = clean_truncate,
    .xSync = clean_sync,
    .xFileSize = clean_size,
    .xLock = clean_lock,
    .xUnlock = clean_unlock,
    .xCheckReservedLock = clean_check_lock,
    .xFileControl = clean_control,
    .xSectorSize = clean_sector,
    .xDeviceCharacteristics = clean_device,
};

static sqlite3_vfs *system_vfs;
static sqlite3_vfs clean_vfs;

static int clean_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out)
{
	struct clean_file *clean = (struct clean_file *)file;
	int rc;

	(void)vfs;
	if (!(flags & SQLITE_OPEN_MAIN_DB))
		return system_vfs->xOpen(system_vfs, name, file, flags, out);
	file->pMethods = NULL;
	clean->real = (sqlite3_file *)(clean + 1);
	rc = system_vfs->xOpen(system_vfs, name, clean->real, flags, out);
	if (rc == SQLITE_OK)
		file->pMethods = &methods;
	return rc;
}

static void register_once(void)
{
	system_vfs = sqlite3_vfs_find(NULL);
	if (!system_vfs)
		return;
	clean_vfs = *system_vfs;
	clean_vfs.zName = SQLITE_VFS_NAME;
	clean_vfs.szOsFile += (int)sizeof(struct clean_file);
	clean_vfs.xOpen = clean_open;
	sqlite3_vfs_register(&clean_vfs, 0);
}

void sqlite_vfs_register(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, register_once);
}
