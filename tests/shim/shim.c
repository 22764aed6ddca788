/* SPDX-License-Identifier: Apache-2.0 */
#include "shim/model.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

void shim_mark(const char *text)
{
	void (*mark)(const char *) = (void (*)(const char *))dlsym(RTLD_DEFAULT, "tanu_shim_mark");

	if (mark)
		mark(text);
}

tanu_status shim_open(struct shim **out, const char *folder, tanu_error *err)
{
	struct shim *shim = calloc(1, sizeof(*shim));
	tanu_status st;
	int fd;

	if (!shim || !realpath(folder, shim->folder)) {
		free(shim);
		return tanu_fail(err, TANU_ERR_IO, folder, "%s", strerror(errno));
	}
	snprintf(shim->trace_path, sizeof(shim->trace_path), "/tmp/tanu-trace-XXXXXX");
	fd = mkstemp(shim->trace_path);
	if (fd < 0) {
		free(shim);
		return tanu_fail(err, TANU_ERR_IO, "/tmp", "%s", strerror(errno));
	}
	close(fd);
	if ((st = model_scan(&shim->start, shim->folder, err)) < 0) {
		shim_close(&shim);
		return st;
	}
	*out = shim;
	return TANU_OK;
}

static void forget_calls(struct shim *shim)
{
	for (size_t i = 0; i < shim->calls_len; i++) {
		free(shim->calls[i].path);
		free(shim->calls[i].path2);
	}
	free(shim->calls);
	free(shim->marks);
	shim->calls = NULL;
	shim->marks = NULL;
	shim->calls_len = 0;
	buf_free(&shim->trace);
}

void shim_close(struct shim **shim)
{
	if (!*shim)
		return;
	unlink((*shim)->trace_path);
	forget_calls(*shim);
	model_free(&(*shim)->start);
	free(*shim);
	*shim = NULL;
}

static _Noreturn void run_child(const struct shim *shim, char *const argv[])
{
	const char *asan = getenv("ASAN_OPTIONS");
	char options[512];

	/* AddressSanitizer wants to be the first library; behind ours it works as well. */
	snprintf(options, sizeof(options), "%s:verify_asan_link_order=0", asan ? asan : "");
	setenv("ASAN_OPTIONS", options, 1);
	setenv("LD_PRELOAD", TANU_SHIM_LIBRARY, 1);
	setenv(TRACE_FOLDER, shim->folder, 1);
	setenv(TRACE_FILE, shim->trace_path, 1);
	execv(argv[0], argv);
	_exit(127);
}

static bool read_call(struct rd *r, struct call *call)
{
	const uint8_t *path, *path2;

	*call = (struct call){0};
	rd_copy(r, &call->head, sizeof(call->head));
	path = rd_bytes(r, call->head.path_len);
	path2 = rd_bytes(r, call->head.path2_len);
	call->data = rd_bytes(r, call->head.data_len);
	if (!rd_ok(r) || call->head.op >= TRACE_OP_COUNT)
		return false;
	call->path = strndup((const char *)path, call->head.path_len);
	call->path2 = strndup((const char *)path2, call->head.path2_len);
	return call->path && call->path2;
}

static tanu_status read_trace(struct shim *shim, tanu_error *err)
{
	struct rd r;
	tanu_status st;

	forget_calls(shim);
	if ((st = os_read_file(&shim->trace, shim->trace_path, (size_t)1 << 30, err)) < 0)
		return st;
	rd_init(&r, shim->trace.data, shim->trace.len);
	while (rd_left(&r) > 0) {
		struct call *more = realloc(shim->calls, (shim->calls_len + 1) * sizeof(*more));

		if (!more)
			abort();
		shim->calls = more;
		if (!read_call(&r, &more[shim->calls_len]))
			return tanu_fail(err, TANU_ERR_FORMAT, shim->trace_path,
					 "the trace is cut or damaged");
		shim->calls_len++;
	}
	shim->marks = calloc(shim->calls_len + 1, sizeof(*shim->marks));
	return shim->marks ? TANU_OK : tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "no memory");
}

static tanu_status compare_with_folder(const struct shim *shim, tanu_error *err)
{
	static const struct choice keep = {.variant = SHIM_KEEP};
	struct model model = {0}, real = {0};
	uint64_t expected = 0, found = 0;
	tanu_status st = TANU_OK;

	model_copy(&model, &shim->start);
	for (size_t i = 0; i < shim->calls_len && st == TANU_OK; i++)
		st = model_advance(&model, &shim->calls[i], err);
	if (st == TANU_OK)
		st = model_rebuild(&model, NULL, &keep, &expected, err);
	if (st == TANU_OK)
		st = model_scan(&real, shim->folder, err);
	if (st == TANU_OK)
		st = model_rebuild(&real, NULL, &keep, &found, err);
	if (st == TANU_OK && found != expected)
		st = tanu_fail(err, TANU_ERR_FORMAT, shim->folder,
			       "the folder is not what the trace makes of it: something was "
			       "written past the shim");
	model_free(&model);
	model_free(&real);
	return st;
}

tanu_status shim_run(struct shim *shim, char *const argv[], tanu_error *err)
{
	pid_t child = fork();
	int status = 0;
	tanu_status st;

	if (child < 0)
		return tanu_fail(err, TANU_ERR_IO, argv[0], "%s", strerror(errno));
	if (child == 0)
		run_child(shim, argv);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return tanu_fail(err, TANU_ERR_IO, argv[0], "the scenario ended with status %d",
				 status);
	if ((st = read_trace(shim, err)) < 0)
		return st;
	return compare_with_folder(shim, err);
}

tanu_status shim_note(struct shim *shim, const char *text, tanu_error *err)
{
	struct trace_head head = {.op = TRACE_MARK, .path_len = (uint32_t)strlen(text)};
	FILE *f = fopen(shim->trace_path, "ab");
	bool ok;

	if (!f)
		return tanu_fail(err, TANU_ERR_IO, shim->trace_path, "%s", strerror(errno));
	ok = fwrite(&head, sizeof(head), 1, f) == 1 && fputs(text, f) >= 0;
	if (fclose(f) != 0 || !ok)
		return tanu_fail(err, TANU_ERR_IO, shim->trace_path, "%s", strerror(errno));
	return read_trace(shim, err);
}

size_t shim_steps(const struct shim *shim)
{
	return shim->calls_len;
}
