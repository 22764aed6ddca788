/* SPDX-License-Identifier: Apache-2.0 */
/* Temporary folders that hold what nobody else may read. */
#include "os/os.h"

#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WALK_FDS 16

static int remove_one(const char *path, const struct stat *sb, int type, struct FTW *ftw)
{
	(void)ftw;
	if (type == FTW_DP)
		return rmdir(path) < 0;
	if (S_ISREG(sb->st_mode))
		return os_destroy_file(path, NULL) < 0;
	return unlink(path) < 0;
}

tanu_status os_scratch_remove(const char *path, tanu_error *err)
{
	if (nftw(path, remove_one, WALK_FDS, FTW_DEPTH | FTW_PHYS) == 0)
		return TANU_OK;
	return tanu_fail(err, TANU_ERR_IO, path,
			 "this temporary folder holds what should stay private and could not be "
			 "removed: remove it");
}

struct sweep {
	const char *parent, *word;
};

/* "WORD-NUMBER-XXXXXX", and the process of that number is no more. */
static bool is_abandoned(const char *name, const char *word)
{
	const size_t len = strlen(word);
	char *end = NULL;
	long pid;

	if (strncmp(name, word, len) != 0 || name[len] != '-')
		return false;
	pid = strtol(name + len + 1, &end, 10);
	return pid > 0 && *end == '-' && kill((pid_t)pid, 0) < 0 && errno == ESRCH;
}

static tanu_status sweep_one(void *self, const char *name, tanu_error *err)
{
	const struct sweep *sweep = self;
	char path[OS_PATH_MAX];
	struct stat sb;

	(void)err;
	if (is_abandoned(name, sweep->word) &&
	    os_path(path, sizeof(path), sweep->parent, name, NULL) >= 0 && lstat(path, &sb) == 0 &&
	    S_ISDIR(sb.st_mode) && sb.st_uid == geteuid())
		(void)os_scratch_remove(path, NULL);
	return TANU_OK;
}

static const char *parent_of(void)
{
	const char *tmp = getenv("TMPDIR");

	if (tmp && *tmp)
		return tmp;
	return os_is_dir("/dev/shm") ? "/dev/shm" : "/tmp";
}

tanu_status os_scratch_make(char *out, size_t out_len, const char *word, tanu_error *err)
{
	struct sweep sweep = {.parent = parent_of(), .word = word};
	char name[64];
	tanu_status st;

	(void)os_list_dir(sweep.parent, sweep_one, &sweep, NULL);
	snprintf(name, sizeof(name), "%s-%ld-XXXXXX", word, (long)getpid());
	if ((st = os_path(out, out_len, sweep.parent, name, err)) < 0)
		return st;
	if (!mkdtemp(out)) {
		*out = '\0';
		return tanu_fail(err, TANU_ERR_IO, sweep.parent,
				 "no temporary folder can be made here: %s", strerror(errno));
	}
	return TANU_OK;
}
