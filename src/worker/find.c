/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/worker.h"

#include <stdlib.h>
#include <string.h>

static tanu_status take_named(char *out, size_t out_len, const char *path, tanu_error *err)
{
	size_t len = strlen(path);

	if (len >= out_len || !os_is_program(path))
		return tanu_fail(err, TANU_ERR_SANDBOX, path,
				 "TANU_WORKER does not name a program");
	memcpy(out, path, len + 1);
	return TANU_OK;
}

tanu_status worker_find(char *out, size_t out_len, tanu_error *err)
{
	char dir[OS_PATH_MAX], path[OS_PATH_MAX];
	const struct {
		const char *dir, *name;
	} places[] = {
	    {dir, "tanu-worker"},
	    {dir, "../libexec/tanu/tanu-worker"},
	    {TANU_WORKER_DIR, "tanu-worker"}, /* for programs of others, which are anywhere */
	};
	/* Ignored where the program has more rights than its user. */
	const char *named = secure_getenv("TANU_WORKER");
	tanu_status st;

	if (named && *named)
		return take_named(out, out_len, named, err);
	if ((st = os_program_dir(dir, sizeof(dir), err)) < 0)
		return st;
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		if ((st = os_path(path, sizeof(path), places[i].dir, places[i].name, err)) < 0)
			return st;
		if (os_is_program(path))
			return os_path(out, out_len, places[i].dir, places[i].name, err);
	}
	return tanu_fail(err, TANU_ERR_SANDBOX, dir,
			 "tanu-worker, which decodes images, is neither here nor in "
			 "../libexec/tanu nor in " TANU_WORKER_DIR
			 ": install it, or name it in TANU_WORKER");
}
