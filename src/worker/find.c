/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/worker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static tanu_status take_named(char *out, size_t out_len, const char *named, const char *kind,
			      tanu_error *err)
{
	char path[OS_PATH_MAX];
	int len = snprintf(path, sizeof(path), "%s%s", named, kind);

	if (len < 0 || (size_t)len >= sizeof(path) || (size_t)len >= out_len ||
	    !os_is_program(path))
		return tanu_fail(err, TANU_ERR_SANDBOX, named,
				 "TANU_WORKER does not name a program%s%s", *kind ? " with " : "",
				 kind);
	memcpy(out, path, (size_t)len + 1);
	return TANU_OK;
}

tanu_status worker_find(char *out, size_t out_len, const char *kind, tanu_error *err)
{
	char dir[OS_PATH_MAX], path[OS_PATH_MAX], name[32], installed[48];
	const struct {
		const char *dir, *name;
	} places[] = {
	    {dir, name},
	    {dir, installed},
	    {TANU_WORKER_DIR, name}, /* for programs of others, which are anywhere */
	};
	/* Ignored where the program has more rights than its user. */
	const char *named = secure_getenv("TANU_WORKER");
	tanu_status st;

	if (named && *named)
		return take_named(out, out_len, named, kind, err);
	snprintf(name, sizeof(name), "tanu-worker%s", kind);
	snprintf(installed, sizeof(installed), "../libexec/tanu/tanu-worker%s", kind);
	if ((st = os_program_dir(dir, sizeof(dir), err)) < 0)
		return st;
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		if ((st = os_path(path, sizeof(path), places[i].dir, places[i].name, err)) < 0)
			return st;
		if (os_is_program(path))
			return os_path(out, out_len, places[i].dir, places[i].name, err);
	}
	return tanu_fail(err, TANU_ERR_SANDBOX, dir,
			 "%s, which decodes images, is neither here nor in "
			 "../libexec/tanu nor in " TANU_WORKER_DIR
			 ": install it, or name tanu-worker in TANU_WORKER",
			 name);
}
