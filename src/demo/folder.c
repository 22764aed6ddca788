/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/folder.h"

#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER_WORD "tanu-demo-" /* then the process's number, a dash and six random letters */
#define FOLDER_FDS  16

static volatile sig_atomic_t interrupt;
static struct sigaction before_int, before_term;

static void remember(int number)
{
	interrupt = number;
}

void folder_watch(void)
{
	struct sigaction action = {.sa_handler = remember};

	interrupt = 0;
	sigaction(SIGINT, &action, &before_int);
	sigaction(SIGTERM, &action, &before_term);
}

bool folder_interrupted(void)
{
	return interrupt != 0;
}

void folder_watch_end(void)
{
	sigaction(SIGINT, &before_int, NULL);
	sigaction(SIGTERM, &before_term, NULL);
	if (interrupt)
		raise(interrupt);
}

static int remove_one(const char *path, const struct stat *sb, int type, struct FTW *ftw)
{
	(void)ftw;
	if (type == FTW_DP)
		return rmdir(path) < 0;
	if (S_ISREG(sb->st_mode))
		return os_destroy_file(path, NULL) < 0;
	return unlink(path) < 0;
}

tanu_status folder_remove(const char *path, tanu_error *err)
{
	if (nftw(path, remove_one, FOLDER_FDS, FTW_DEPTH | FTW_PHYS) == 0)
		return TANU_OK;
	return tanu_fail(err, TANU_ERR_IO, path,
			 "this folder of the demo holds faces and could not be removed: remove it");
}

/* The process that made this folder is no more. */
static bool is_abandoned(const char *name)
{
	char *end = NULL;
	long pid;

	if (strncmp(name, FOLDER_WORD, strlen(FOLDER_WORD)) != 0)
		return false;
	pid = strtol(name + strlen(FOLDER_WORD), &end, 10);
	return pid > 0 && *end == '-' && kill((pid_t)pid, 0) < 0 && errno == ESRCH;
}

static tanu_status sweep_one(void *self, const char *name, tanu_error *err)
{
	char path[OS_PATH_MAX];
	struct stat sb;

	(void)err;
	if (is_abandoned(name) && os_path(path, sizeof(path), self, name, NULL) >= 0 &&
	    lstat(path, &sb) == 0 && S_ISDIR(sb.st_mode) && sb.st_uid == geteuid())
		(void)folder_remove(path, NULL);
	return TANU_OK;
}

tanu_status folder_make(char *out, size_t out_len, tanu_error *err)
{
	const char *tmp = getenv("TMPDIR");
	char parent[OS_PATH_MAX], name[64];
	tanu_status st;

	if (snprintf(parent, sizeof(parent), "%s",
		     tmp && *tmp	     ? tmp
		     : os_is_dir("/dev/shm") ? "/dev/shm"
					     : "/tmp") >= (int)sizeof(parent))
		return tanu_fail(err, TANU_ERR_PATH_TOO_LONG, NULL, "TMPDIR is too long");
	(void)os_list_dir(parent, sweep_one, parent, NULL);
	snprintf(name, sizeof(name), FOLDER_WORD "%ld-XXXXXX", (long)getpid());
	if ((st = os_path(out, out_len, parent, name, err)) < 0)
		return st;
	if (!mkdtemp(out))
		return tanu_fail(err, TANU_ERR_IO, parent,
				 "no temporary folder can be made here: %s", strerror(errno));
	return TANU_OK;
}
