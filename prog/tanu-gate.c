/* SPDX-License-Identifier: Apache-2.0 */
/* tanu-gate: the box at a door. docs/gate.md. */
#include "rig/check.h"
#include "rig/rig.h"

#include "codec/codec.h"
#include "http/http.h"
#include "net/net.h"
#include "os/os.h"
#include "worker/worker.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INI_MAX	 ((size_t)256 << 10)
#define WAIT_MS	 200
#define BEAT_MS	 1000
#define CHECK_MS 4000

static volatile sig_atomic_t stop_asked, reload_asked;

/* ---- the command line ---- */

struct call {
	const char *config, *verb, *operand;
	const char *code, *site, *request, *reply, *keys, *out, *taken;
	bool picture;
};

static const char usage[] =
    "usage: tanu-gate --config FILE [COMMAND]\n"
    "  run                                   open the door for those who may pass (default)\n"
    "  check                                 look at picture, light, readers, door, clock, link\n"
    "  pair --code CODE --site URL           get to know the site, over the network\n"
    "  pair --code CODE --request FILE       or by files: what is carried to the site,\n"
    "  pair --code CODE --reply FILE         and its answer\n"
    "  lease FILE --keys FILE                take in a lease that was carried here\n"
    "  events --out FILE                     write what waits for the site to a file\n"
    "  events --taken NUMBER                 the site has everything up to this number\n"
    "  settings                              print gate.ini with all defaults\n"
    "  --picture                             draw the simulated door while it runs\n";

static bool option(struct call *c, int argc, char **argv, int *i)
{
	const struct {
		const char *name;
		const char **to;
	} options[] = {{"--config", &c->config},   {"--code", &c->code},   {"--site", &c->site},
		       {"--request", &c->request}, {"--reply", &c->reply}, {"--keys", &c->keys},
		       {"--out", &c->out},	   {"--taken", &c->taken}};

	for (size_t k = 0; k < ARRAY_LEN(options); k++)
		if (strcmp(argv[*i], options[k].name) == 0 && *i + 1 < argc) {
			*options[k].to = argv[++*i];
			return true;
		}
	if (strcmp(argv[*i], "--picture") == 0) {
		c->picture = true;
		return true;
	}
	return false;
}

static bool call_parse(struct call *c, int argc, char **argv)
{
	*c = (struct call){0};
	for (int i = 1; i < argc; i++) {
		if (option(c, argc, argv, &i))
			continue;
		if (argv[i][0] == '-')
			return false;
		if (!c->verb)
			c->verb = argv[i];
		else if (!c->operand)
			c->operand = argv[i];
		else
			return false;
	}
	if (!c->verb)
		c->verb = "run";
	return c->config || strcmp(c->verb, "settings") == 0;
}

/* ---- what every command needs ---- */

struct station {
	const struct call *call;
	struct settings settings;
	struct gate_identity identity;
	struct os_lock lock;
	struct gate_options options;
	struct rig devices;
	struct os_spawner spawner; /* of the camera's helpers */
	struct gate *gate;
	tanu_engine *engine;
	struct os_notify notify;
	int speech; /* the pipe of gate.speech; -1: none */
	struct buf certificate, key;
};

static void to_log(void *self, const char *line)
{
	(void)self;
	fprintf(stderr, "tanu-gate: %s\n", line);
}

static void to_speech(void *self, const char *key, const char *text)
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

static tanu_status settings_read(struct settings *out, const char *path, tanu_error *err)
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

static tanu_status station_open(struct station *b, const struct call *call, tanu_error *err)
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

static void station_close(struct station *b)
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
static tanu_status certificate_ready(struct station *b, uint8_t pin[PAIR_PIN_LEN], tanu_error *err)
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

/* ---- pair ---- */

/*
 * The first call of all: the server's key is not known yet. What makes it believed is the code: the
 * answer is proven with it, and names the key that all later calls are pinned to.
 */
static tanu_status pair_network(struct station *b, const struct buf *request, struct buf *reply,
				tanu_error *err)
{
	struct net_options options = {.any_server = true};
	struct net_response response = {0};
	struct net_request ask = {.method = "POST",
				  .body = request->data,
				  .body_len = request->len,
				  .max_bytes = PAIR_BYTES_MAX};
	char url[NET_URL_MAX];
	struct net *net = NULL;
	tanu_status st;

	snprintf(url, sizeof(url), "%s/gate/v1/pair", b->call->site);
	ask.url = url;
	if ((st = net_open(&net, &options, err)) == TANU_OK &&
	    (st = net_send(net, &response, &ask, err)) == TANU_OK) {
		if (response.status == 200)
			buf_put(reply, response.body.data, response.body.len);
		else if (response.status == 403)
			st = tanu_fail(err, TANU_ERR_GATE, url,
				       "no gate waits for this code, or its day is over: tanu "
				       "gate add");
		else
			st = net_unexpected(&response, url, err);
	}
	net_response_free(&response);
	net_close(&net);
	return st;
}

static tanu_status pair_keep(struct station *b, const struct buf *reply, const uint8_t *pin,
			     const struct secret *key, tanu_error *err)
{
	tanu_status st = gate_pair_keep(&b->identity, settings_text(&b->settings, "state.dir"),
					reply->data, reply->len, pin, key, err);

	if (st == TANU_OK)
		printf("Paired: this is gate \"%s\".\n", b->identity.name);
	if (st == TANU_OK && b->call->site &&
	    strcmp(b->call->site, settings_text(&b->settings, "link.url")) != 0)
		printf("It asks nobody by itself yet: set link.url = %s in its settings.\n",
		       b->call->site);
	return st;
}

static tanu_status run_pair(struct station *b, tanu_error *err)
{
	const struct call *c = b->call;
	struct buf request = {0}, reply = {0};
	uint8_t pin[PAIR_PIN_LEN] = {0};
	struct secret key = {{0}};
	tanu_status st;

	if (!c->code || (!c->site && !c->request && !c->reply))
		return tanu_fail(err, TANU_ERR_USAGE, "pair",
				 "give --code, and --site, --request or --reply");
	if ((st = pair_code_key(&key, c->code, err)) < 0 ||
	    (st = certificate_ready(b, pin, err)) < 0)
		goto out;
	gate_pair_ask(&request, &b->identity, pin, &key);
	if (c->request)
		st = os_replace_file(c->request, request.data, request.len, 0600, err);
	else if (c->site && (st = pair_network(b, &request, &reply, err)) == TANU_OK)
		st = pair_keep(b, &reply, pin, &key, err);
	else if (c->reply && (st = os_read_file(&reply, c->reply, PAIR_BYTES_MAX, err)) == TANU_OK)
		st = pair_keep(b, &reply, pin, &key, err);
	if (st == TANU_OK && c->request)
		printf("Carry %s to the site: tanu gate pair %s --out FILE\n", c->request,
		       c->request);
out:
	secret_wipe(&key);
	buf_free(&request);
	buf_free(&reply);
	return st;
}

/* ---- lease and events by hand ---- */

/* A gate without any device: for work on its folder. */
static tanu_status bare_gate(struct station *b, tanu_error *err)
{
	struct sim_world *world = NULL;
	tanu_status st;

	b->options = (struct gate_options){
	    .settings = &b->settings, .identity = &b->identity, .log = to_log, .self = b};
	if ((st = sim_world_open(&world, "", 0, err)) < 0)
		return st;
	b->devices.world = world;
	b->options.door = sim_world_door(world);
	return gate_open(&b->gate, &b->options, err);
}

static tanu_status run_lease(struct station *b, tanu_error *err)
{
	struct lease_keys keys = {.gallery = {{0}}};
	struct buf doc = {0}, file = {0};
	tanu_status st;

	if (!b->call->operand || !b->call->keys)
		return tanu_fail(err, TANU_ERR_USAGE, "lease", "name the lease, and --keys");
	if ((st = os_read_file(&doc, b->call->operand, LEASE_BYTES_MAX, err)) < 0 ||
	    (st = os_read_file(&file, b->call->keys, sizeof(keys), err)) < 0)
		goto out;
	if (file.len != sizeof(keys)) {
		st = tanu_fail(err, TANU_ERR_FORMAT, b->call->keys,
			       "these are not the keys of a lease");
		goto out;
	}
	memcpy(&keys, file.data, sizeof(keys));
	if ((st = bare_gate(b, err)) == TANU_OK &&
	    (st = gate_lease_take(b->gate, doc.data, doc.len, &keys, err)) == TANU_OK)
		printf("The lease is here; its keys are in memory, in %s.\n",
		       settings_text(&b->settings, "run.dir"));
out:
	mem_wipe(&keys, sizeof(keys));
	buf_free(&doc);
	buf_wipe(&file);
	return st;
}

static tanu_status run_events(struct station *b, tanu_error *err)
{
	struct buf batch = {0};
	uint64_t last = 0;
	tanu_status st = bare_gate(b, err);

	if (st < 0)
		return st;
	if (b->call->taken)
		return gate_events_ack(b->gate, strtoull(b->call->taken, NULL, 10), err);
	if (!b->call->out)
		return tanu_fail(err, TANU_ERR_USAGE, "events", "give --out or --taken");
	if ((st = gate_events_export(b->gate, &batch, &last, err)) == TANU_OK && last)
		st = os_replace_file(b->call->out, batch.data, batch.len, 0600, err);
	if (st == TANU_OK)
		printf(last ? "Events up to %llu are in %s.\n" : "Nothing waits.\n",
		       (unsigned long long)last, b->call->out);
	buf_free(&batch);
	return st;
}

static tanu_status run_settings(tanu_error *err)
{
	const struct setting_row *rows;
	char section[64] = "";
	size_t count;

	(void)err;
	rows = gate_settings(&count);
	for (size_t i = 0; i < count; i++) {
		const char *dot = strchr(rows[i].name, '.');
		size_t len = (size_t)(dot - rows[i].name);

		if (strncmp(section, rows[i].name, len) != 0 || section[len]) {
			snprintf(section, sizeof(section), "%.*s", (int)len, rows[i].name);
			printf("%s[%s]\n", i ? "\n" : "", section);
		}
		printf("; %s%s%s\n; %s = %s\n", rows[i].help, *rows[i].unit ? ", " : "",
		       rows[i].unit, dot + 1, rows[i].value);
	}
	return TANU_OK;
}

/* ---- run ---- */

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

static tanu_status gate_ready(struct station *b, tanu_error *err)
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

static int64_t monotonic_ms(void)
{
	return os_monotonic_ns() / 1000000;
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

static tanu_status run_gate(struct station *b, tanu_error *err)
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

/* ---- check ---- */

static int compare_ns(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* How late the loop is when something comes: the worst of a few seconds. */
static tanu_status run_check(struct station *b, tanu_error *err)
{
	static int64_t rounds[100000];
	struct gate_state state = {0};
	struct buf table = {0};
	int64_t end_ms;
	size_t len = 0;
	tanu_status st = gate_ready(b, err);

	if (st < 0)
		return st;
	end_ms = monotonic_ms() + CHECK_MS;
	while (monotonic_ms() < end_ms && st == TANU_OK) {
		int64_t begin = os_monotonic_ns();

		st = gate_step(b->gate, begin / 1000000, err);
		if (len < ARRAY_LEN(rounds))
			rounds[len++] = os_monotonic_ns() - begin;
		gate_wait(b->gate, monotonic_ms(), 20);
	}
	if (st < 0 || len == 0)
		return st;
	qsort(rounds, len, sizeof(rounds[0]), compare_ns);
	gate_state(b->gate, &state, monotonic_ms());
	rig_check(&table, &state, &b->settings);
	rig_check_rounds(&table, rounds[len / 2], rounds[len - 1]);
	fputs(buf_cstr(&table), stdout);
	buf_free(&table);
	return TANU_OK;
}

/* ---- main ---- */

static tanu_status run_verb(struct station *b, tanu_error *err)
{
	const char *verb = b->call->verb;

	if (strcmp(verb, "run") == 0)
		return run_gate(b, err);
	if (strcmp(verb, "check") == 0)
		return run_check(b, err);
	if (strcmp(verb, "pair") == 0)
		return run_pair(b, err);
	if (strcmp(verb, "lease") == 0)
		return run_lease(b, err);
	if (strcmp(verb, "events") == 0)
		return run_events(b, err);
	return tanu_fail(err, TANU_ERR_USAGE, verb,
			 "say run, check, pair, lease, events or settings");
}

int main(int argc, char **argv)
{
	tanu_error err = {0};
	struct call call;
	struct station box = {.speech = -1, .lock = {.fd = -1}};
	tanu_status st;

	os_harden_process();
	if (!call_parse(&call, argc, argv)) {
		fputs(usage, stderr);
		return TANU_EXIT_USAGE;
	}
	if (strcmp(call.verb, "settings") == 0)
		st = run_settings(&err);
	else if ((st = station_open(&box, &call, &err)) == TANU_OK)
		st = run_verb(&box, &err);
	station_close(&box);
	if (st < 0)
		fprintf(stderr, "tanu-gate: %s%s%s (%s)\n", err.place, err.place[0] ? ": " : "",
			err.message, tanu_error_name(err.code));
	return (int)tanu_exit_for(st);
}
