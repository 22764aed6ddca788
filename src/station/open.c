/* SPDX-License-Identifier: Apache-2.0 */
/* What every command needs: settings, the folder, keys; and what is said to log and speech. */
#include "station/inside.h"

#include "codec/codec.h"
#include "http/http.h"
#include "worker/worker.h"

#include <stdio.h>
#include <string.h>

#define INI_MAX ((size_t)256 << 10)

void to_log(void *self, const char *line)
{
	(void)self;
	fprintf(stderr, "tanu-gate: %s\n", line);
}

void to_speech(void *self, const char *key, const char *text)
{
	struct station *b = self;
	const char *path = settings_text(&b->settings, "gate.speech");
	struct buf line = {.max = 1024};
	size_t put = 0;

	if (!*path)
		return;
	if (b->speech < 0)
		os_fifo_open(&b->speech, path, NULL);
	buf_printf(&line, "%s\t%s\n", key, text);
	if (b->speech >= 0 &&
	    (line.failed || os_line_write(b->speech, line.data, line.len, &put, NULL) < 0))
		os_line_close(&b->speech);
	buf_free(&line);
}

tanu_status settings_read(struct settings *out, const char *path, tanu_error *err)
{
	const struct setting_row *rows;
	struct buf text = {0};
	size_t count;
	tanu_status st;

	rows = gate_settings(&count);
	if ((st = settings_init(out, rows, count, err)) == TANU_OK && path &&
	    (st = os_read_file(&text, path, INI_MAX, err)) == TANU_OK)
		st = ini_load(out, (const char *)text.data, text.len, path, err);
	buf_free(&text);
	return st;
}

/* Before the gate's keys are read: the spawner is a copy of this process, and must hold nothing. */
static tanu_status helpers_start(struct station *b, tanu_error *err)
{
	static char path[2][OS_PATH_MAX];
	const char *programs[] = {path[0], path[1]};
	tanu_status st;

	if (!*settings_text(&b->settings, "camera.source"))
		return TANU_OK;
	if ((st = worker_find(path[0], sizeof(path[0]), "-camera", err)) < 0 ||
	    (st = worker_find(path[1], sizeof(path[1]), "-qr", err)) < 0 ||
	    (st = os_spawner_start(&b->spawner, programs, ARRAY_LEN(programs), err)) < 0)
		return st;
	os_spawner_use(&b->spawner);
	return TANU_OK;
}

tanu_status station_open(struct station *b, const struct call *call, tanu_error *err)
{
	struct random_source random = os_random();
	char lock[OS_PATH_MAX];
	const char *dir;
	tanu_status st;

	*b = (struct station){.call = call, .speech = -1, .lock = {.fd = -1}};
	if ((st = crypto_init(err)) < 0 ||
	    (st = settings_read(&b->settings, call->config, err)) < 0)
		return st;
	if ((strcmp(call->verb, "run") == 0 || strcmp(call->verb, "check") == 0) &&
	    (st = helpers_start(b, err)) < 0)
		return st;
	dir = settings_text(&b->settings, "state.dir");
	if ((st = os_make_dir(dir, 0700, err)) < 0 ||
	    (st = os_path(lock, sizeof(lock), dir, "gate.lock", err)) < 0 ||
	    (st = os_lock_take(&b->lock, lock, err)) < 0)
		return st;
	return gate_identity_open(&b->identity, dir, &random, err);
}

void station_close(struct station *b)
{
	gate_close(&b->gate);
	rig_close(&b->devices);
	tanu_engine_close(&b->engine);
	os_spawner_end(&b->spawner);
	gate_identity_wipe(&b->identity);
	os_lock_drop(&b->lock);
	os_notify_close(&b->notify);
	os_line_close(&b->speech);
	buf_free(&b->certificate);
	buf_wipe(&b->key);
	settings_free(&b->settings);
}

/* The gate's own certificate towards the site: made once, and named by its key's digest. */
tanu_status certificate_ready(struct station *b, uint8_t pin[PAIR_PIN_LEN], tanu_error *err)
{
	static const char *const names[] = {"tanu-gate"};
	struct clock_source clock = os_clock();
	char text[HTTP_PIN_LEN], dir[OS_PATH_MAX];
	struct buf bytes = {0};
	tanu_status st;

	if ((st = os_path(dir, sizeof(dir), settings_text(&b->settings, "state.dir"), "tls", err)) <
		0 ||
	    (st = os_make_dir(dir, 0700, err)) < 0 ||
	    (st = http_certificate(&b->certificate, &b->key, NULL, dir, names, 1, clock_now(&clock),
				   err)) < 0 ||
	    (st = http_pin(text, buf_cstr(&b->certificate), err)) < 0 ||
	    (st = base64_get(&bytes, text + 8, strlen(text + 8), err)) < 0)
		goto out;
	if (bytes.len == PAIR_PIN_LEN)
		memcpy(pin, bytes.data, PAIR_PIN_LEN);
out:
	buf_free(&bytes);
	return st;
}
