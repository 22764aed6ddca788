/* SPDX-License-Identifier: Apache-2.0 */
/* Helpers in processes of their own, and then the doors are shut. */
#include "server/inside.h"

#include "worker/worker.h"

#include <stdio.h>
#include <string.h>

/* First of all: the spawner is a copy of this process, and must hold nothing. */
tanu_status helpers_start(struct server *s, tanu_error *err)
{
	static char path[3][OS_PATH_MAX];
	static const char *const kinds[] = {"", "-qr", "-face"};
	const char *programs[] = {path[0], path[1], path[2]};
	tanu_status st;

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if ((st = worker_find(path[i], sizeof(path[i]), kinds[i], err)) < 0)
			return st;
	if ((st = service_models_dir(s->models_dir, sizeof(s->models_dir), err)) < 0 ||
	    (st = os_spawner_start(&s->spawner, programs, ARRAY_LEN(programs), err)) < 0)
		return st;
	os_spawner_use(&s->spawner);
	return engine_remote_open(&s->engine, path[2], s->models_dir, (size_t)os_cpu_count(), err);
}

static void add(const char **list, const char *folder)
{
	size_t n = 0;

	while (n + 1 < OS_SANDBOX_FOLDERS_MAX && list[n])
		n++;
	if (n + 1 < OS_SANDBOX_FOLDERS_MAX && *folder && os_is_dir(folder))
		list[n] = folder;
}

/* The folder of the holder's notice, where the operator has named one outside. */
static void notice_folder(struct server *s)
{
	const char *path = settings_text(service_setting_values(s->service), "recovery.notice");
	const char *slash = strrchr(path, '/');

	if (slash && slash != path)
		snprintf(s->notice_dir, sizeof(s->notice_dir), "%.*s", (int)(slash - path), path);
}

/* Of the page that checks receipts. */
static void page_folder(struct server *s)
{
	char path[OS_PATH_MAX];
	char *slash;

	if (service_page_path(path, sizeof(path), NULL) < 0 || !(slash = strrchr(path, '/')))
		return;
	snprintf(s->page_dir, sizeof(s->page_dir), "%.*s", (int)(slash - path), path);
}

tanu_status shut_in(struct server *s, tanu_error *err)
{
	const struct settings *settings = service_setting_values(s->service);
	struct os_sandbox_server sandbox = {.outgoing = false};

	add(sandbox.read_write, s->data);
	notice_folder(s);
	add(sandbox.read_write, s->notice_dir);
	if (!strcmp(settings_text(settings, "keys.root"), "tpm")) {
		add(sandbox.read_write, "/dev");
		sandbox.outgoing = true; /* a TPM that is a program is asked over a socket */
	}
	add(sandbox.read_only, s->models_dir);
	page_folder(s);
	add(sandbox.read_only, s->page_dir);
	/* Letters for passes on paper. */
	add(sandbox.read_only, "/usr/share");
	add(sandbox.read_only, "/usr/local/share");
	add(sandbox.read_only, "/etc/fonts");
	add(sandbox.read_only, "/var/cache/fontconfig");
	return os_sandbox_server(&sandbox, &s->report, err);
}
