/* SPDX-License-Identifier: Apache-2.0 */
/* inside.h - inside station/ only: the program's state, and its verbs. */
#ifndef STATION_INSIDE_H
#define STATION_INSIDE_H

#include "device/sim.h"
#include "net/net.h"
#include "os/os.h"
#include "rig/rig.h"

/* The command line. */
struct call {
	const char *config, *verb, *operand;
	const char *code, *site, *request, *reply, *keys, *out, *taken;
	bool picture, json;
	int only_tell; /* 'h', 'v': --help, --version; 0 */
};

/* What every command needs. */
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

/* Settings, lock and keys; the helpers too, where a camera will be used. */
tanu_status station_open(struct station *b, const struct call *call, tanu_error *err);
void station_close(struct station *b);
tanu_status settings_read(struct settings *out, const char *path, tanu_error *err);
/* The gate's own certificate towards the site: made once, and named by its key's digest. */
tanu_status certificate_ready(struct station *b, uint8_t pin[PAIR_PIN_LEN], tanu_error *err);
/* The gate with its devices, shut in. */
tanu_status gate_ready(struct station *b, tanu_error *err);

#define STATION_PROGRAM "tanu-gate " TANU_VERSION

static inline int64_t monotonic_ms(void)
{
	return os_monotonic_ns() / 1000000;
}

/* main.c: what the program understands; for --help and its man page. */
struct command {
	const char *verb, *words, *help;
	tanu_status (*run)(struct station *b, tanu_error *err); /* NULL: needs no folder */
};
extern const struct command commands[];
extern const size_t commands_len;

/* reference.c: `__reference [PAGE]`, as tools/update-reference asks. */
tanu_status run_reference(const char *page, tanu_error *err);

void to_log(void *self, const char *line);
void to_speech(void *self, const char *key, const char *text);

tanu_status run_pair(struct station *b, tanu_error *err);
tanu_status run_lease(struct station *b, tanu_error *err);
tanu_status run_events(struct station *b, tanu_error *err);
tanu_status run_gate(struct station *b, tanu_error *err);
tanu_status run_reader(struct station *b, tanu_error *err);
tanu_status run_check(struct station *b, tanu_error *err);

#endif
