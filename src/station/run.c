/* SPDX-License-Identifier: Apache-2.0 */
/* The gate at work: shut in, stepped, reloaded, stopped. */
#include "station/inside.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#define WAIT_MS 200
#define BEAT_MS 1000

static volatile sig_atomic_t stop_asked, reload_asked;

/* The folder that a path stands in, or the path itself where it is one; "" for none. */
static const char *folder_of(char out[OS_PATH_MAX], const char *path)
{
	char *slash;

	snprintf(out, OS_PATH_MAX, "%s", path ? path : "");
	if (os_is_dir(out) || !*out)
		return out;
	slash = strrchr(out, '/');
	if (!slash)
		return strcpy(out, ".");
	slash[slash == out] = '\0';
	return out;
}

static void add_folder(const char **list, const char *folder)
{
	size_t n = 0;

	while (list[n])
		n++;
	if (*folder && n + 1 < OS_SANDBOX_FOLDERS_MAX)
		list[n] = folder;
}

/*
 * From here on: its own folders, what it reads its settings and pictures from, and devices. Before
 * the threads begin.
 */
static tanu_status shut_in(struct station *b, tanu_error *err)
{
	static char socket_dir[OS_PATH_MAX], speech_dir[OS_PATH_MAX], config_dir[OS_PATH_MAX],
	    camera_dir[3][OS_PATH_MAX];
	static const char *const cameras[] = {"camera.source", "infrared.source", "depth.source"};
	struct os_sandbox_box box = {
	    .read_only = {"/etc", "/proc", "/sys", "/usr", "/lib", "/lib64"}, .devices = "/dev"};
	struct os_sandbox_report report = {0};
	const char *run = settings_text(&b->settings, "run.dir");
	tanu_status st;

	if ((st = os_make_dir(run, 0700, err)) < 0)
		return st;
	add_folder(box.read_write, settings_text(&b->settings, "state.dir"));
	add_folder(box.read_write, run);
	add_folder(box.read_write,
		   folder_of(socket_dir, settings_text(&b->settings, "gate.socket")));
	add_folder(box.read_write,
		   folder_of(speech_dir, settings_text(&b->settings, "gate.speech")));
	add_folder(box.read_write, "/run/pcscd");
	add_folder(box.read_only, folder_of(config_dir, b->call->config));
	for (size_t i = 0; i < ARRAY_LEN(cameras); i++) {
		const char *source = settings_text(&b->settings, cameras[i]);

		if (!strstr(source, "://"))
			add_folder(box.read_only, folder_of(camera_dir[i], source));
	}
	if ((st = os_sandbox_box(&box, &report, err)) == TANU_OK)
		fprintf(stderr, "tanu-gate: sandbox: system calls %s, files %s\n",
			report.seccomp ? "limited" : "NOT limited (the kernel refused)",
			report.landlock ? "limited to its folders"
					: "NOT limited (no Landlock in this kernel)");
	return st;
}

tanu_status gate_ready(struct station *b, tanu_error *err)
{
	const char *models = settings_text(&b->settings, "camera.models");
	uint8_t pin[PAIR_PIN_LEN] = {0};
	tanu_status st;

	b->options = (struct gate_options){.settings = &b->settings,
					   .identity = &b->identity,
					   .threads = true,
					   .tell = to_speech,
					   .log = to_log,
					   .self = b};
	if (*settings_text(&b->settings, "camera.source") &&
	    (st = tanu_engine_open(&b->engine, *models ? models : NULL, err)) < 0)
		return st;
	if ((st = shut_in(b, err)) < 0 ||
	    (st = rig_open(&b->devices, &b->options, &b->settings, err)) < 0)
		return st;
	b->options.engine = b->engine;
	if ((st = gate_open(&b->gate, &b->options, err)) < 0 || (st = gate_view(b->gate, err)) < 0)
		return st;
	if (!*settings_text(&b->settings, "link.url"))
		return TANU_OK;
	if ((st = certificate_ready(b, pin, err)) < 0)
		return st;
	return gate_link(b->gate, buf_cstr(&b->certificate), buf_cstr(&b->key), err);
}

static void on_signal(int number)
{
	if (number == SIGHUP)
		reload_asked = 1;
	else
		stop_asked = 1;
}

static void signals_ready(void)
{
	struct sigaction act = {.sa_handler = on_signal};

	sigemptyset(&act.sa_mask);
	sigaction(SIGTERM, &act, NULL);
	sigaction(SIGINT, &act, NULL);
	sigaction(SIGHUP, &act, NULL);
	signal(SIGPIPE, SIG_IGN);
}

/* Those that may change while it runs; the others wait for a restart. */
static void reload(struct station *b)
{
	struct settings fresh = {0};
	tanu_error why = {0};

	reload_asked = 0;
	if (settings_read(&fresh, b->call->config, &why) < 0) {
		fprintf(stderr, "tanu-gate: the settings stay as they are: %s: %s\n", why.place,
			why.message);
	} else {
		for (size_t i = 0; i < fresh.count; i++)
			if (fresh.rows[i].reloadable)
				settings_set(&b->settings, fresh.rows[i].name, fresh.values[i],
					     NULL);
		gate_reload(b->gate);
	}
	settings_free(&fresh);
}

static void draw(struct station *b, struct buf *last, int64_t now_ms)
{
	struct buf picture = {0};

	if (!b->call->picture || !b->devices.world)
		return;
	sim_world_picture(b->devices.world, &picture, now_ms);
	/* its first line is the time: the same picture a moment later is no news */
	if (picture.len > 20 && (last->len != picture.len ||
				 memcmp(picture.data + 20, last->data + 20, last->len - 20) != 0)) {
		printf("%s\n", buf_cstr(&picture));
		fflush(stdout);
		buf_free(last);
		buf_put(last, picture.data, picture.len);
	}
	buf_free(&picture);
}

static tanu_status loop(struct station *b, tanu_error *err)
{
	struct buf picture = {0};
	int64_t beat_ms = 0;
	tanu_status st = TANU_OK;

	os_notify_say(&b->notify, "READY=1");
	while (!stop_asked && st == TANU_OK) {
		int64_t now_ms = monotonic_ms();

		st = gate_step(b->gate, now_ms, err);
		draw(b, &picture, now_ms);
		if (reload_asked)
			reload(b);
		if (now_ms - beat_ms >= BEAT_MS) {
			os_notify_say(&b->notify, "WATCHDOG=1");
			beat_ms = now_ms;
		}
		gate_wait(b->gate, monotonic_ms(), b->call->picture ? 50 : WAIT_MS);
	}
	os_notify_say(&b->notify, "STOPPING=1");
	buf_free(&picture);
	return st;
}

tanu_status run_gate(struct station *b, tanu_error *err)
{
	tanu_status st;

	os_notify_open(&b->notify);
	signals_ready();
	if ((st = gate_ready(b, err)) < 0)
		return st;
	if (b->devices.simulated)
		to_log(b, "the door is a simulator: nothing opens");
	return loop(b, err);
}
