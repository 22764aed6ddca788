/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Readers as settings name them: several OSDP readers on one line, which is a pseudo-terminal with
 * simulated readers at its other end; their keys; and what settings are refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "device/pd.h"
#include "os/scratch.h"
#include "rig/pair.h"
#include "rig/rig.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PDS	    2
#define PATIENCE_MS 20000

static int64_t now_ms(void)
{
	return os_monotonic_ns() / 1000000;
}

/* ---- the other end of the line ---- */

struct far_end {
	int fd;
	char name[64];
	struct pd pd[PDS];
	pthread_t thread;
	pthread_mutex_t lock; /* of the readers */
	atomic_bool stop;
};

static void *serve(void *self)
{
	struct far_end *far = self;

	while (!atomic_load(&far->stop)) {
		struct pollfd p = {.fd = far->fd, .events = POLLIN};
		uint8_t bytes[2048], reply[OSDP_FRAME_MAX];
		ssize_t n;

		if (poll(&p, 1, 10) <= 0 || !(p.revents & POLLIN) ||
		    (n = read(far->fd, bytes, sizeof(bytes))) <= 0)
			continue;
		pthread_mutex_lock(&far->lock);
		for (int i = 0; i < PDS; i++) {
			size_t len = pd_hear(&far->pd[i], reply, bytes, (size_t)n, now_ms());

			if (len > 0 && write(far->fd, reply, len) != (ssize_t)len)
				atomic_store(&far->stop, true);
		}
		pthread_mutex_unlock(&far->lock);
	}
	return NULL;
}

static void far_open(struct far_end *far)
{
	*far = (struct far_end){.fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)};
	assert_true(far->fd >= 0);
	assert_int_equal(grantpt(far->fd), 0);
	assert_int_equal(unlockpt(far->fd), 0);
	assert_int_equal(ptsname_r(far->fd, far->name, sizeof(far->name)), 0);
	pthread_mutex_init(&far->lock, NULL);
	for (int i = 0; i < PDS; i++)
		far->pd[i].address = (uint8_t)i;
}

static void far_begin(struct far_end *far)
{
	assert_int_equal(pthread_create(&far->thread, NULL, serve, far), 0);
}

static void far_close(struct far_end *far)
{
	atomic_store(&far->stop, true);
	pthread_join(far->thread, NULL);
	pthread_mutex_destroy(&far->lock);
	close(far->fd);
}

/* ---- settings ---- */

static struct settings settings;

static void set(const char *name, const char *value)
{
	tanu_error err = {0};

	if (settings_set(&settings, name, value, &err) < 0)
		fail_msg("%s: %s", name, err.message);
}

static void settings_begin(void)
{
	const struct setting_row *rows;
	size_t len;

	settings_free(&settings);
	rows = gate_settings(&len);
	assert_int_equal(settings_init(&settings, rows, len, NULL), TANU_OK);
	set("door.driver", "sim");
}

/* Reader `number` at the address before it, and where its key lies. */
static void set_osdp(void **state, int number, const char *line, char key_path[256])
{
	char name[64], text[16];

	snprintf(name, sizeof(name), "reader%d.driver", number);
	set(name, "osdp");
	snprintf(name, sizeof(name), "reader%d.line", number);
	set(name, line);
	snprintf(name, sizeof(name), "reader%d.baud", number);
	set(name, "115200");
	snprintf(name, sizeof(name), "reader%d.address", number);
	snprintf(text, sizeof(text), "%d", number - 1);
	set(name, text);
	snprintf(name, sizeof(name), "key%d", number);
	snprintf(key_path, 256, "%s", scratch_path(state, name));
	snprintf(name, sizeof(name), "reader%d.key", number);
	set(name, key_path);
}

static void key_write(const char *path, uint8_t first)
{
	uint8_t key[16] = {first, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
	char hex[34];

	hex_encode(hex, key, sizeof(key));
	strcat(hex, "\n");
	assert_int_equal(os_replace_file(path, hex, strlen(hex), 0600, NULL), TANU_OK);
}

static struct osdp_key key_of(const char *path)
{
	struct buf file = {0};
	struct osdp_key key;
	char hex[33];

	assert_int_equal(os_read_file(&file, path, 64, NULL), TANU_OK);
	snprintf(hex, sizeof(hex), "%.32s", buf_cstr(&file));
	assert_true(hex_decode(key.b, sizeof(key.b), hex));
	buf_free(&file);
	return key;
}

static bool has_key(struct far_end *far, int i, const struct osdp_key *key)
{
	bool has;

	pthread_mutex_lock(&far->lock);
	has = far->pd[i].has_key && memcmp(&far->pd[i].key, key, sizeof(*key)) == 0;
	pthread_mutex_unlock(&far->lock);
	return has;
}

/* ---- several on one line ---- */

static void rig_end(struct rig *rig, struct gate_options *o)
{
	for (size_t i = 0; i < o->readers_len; i++)
		reader_close(&o->readers[i].reader);
	door_close(&o->door);
	rig_close(rig);
}

/*
 * The next event of this kind at this reader, while all are served: none of them shows a card that
 * another has read. READER_ONLINE: all of them are.
 */
static void until(struct gate_options *o, struct reader_event *out, size_t reader,
		  enum reader_event_kind kind)
{
	int64_t end_ms = now_ms() + PATIENCE_MS;
	size_t online = 0;

	for (;;) {
		for (size_t i = 0; i < o->readers_len; i++) {
			struct reader_event e = {.kind = READER_NOTHING};

			assert_true(reader_next(&o->readers[i].reader, &e, now_ms(), NULL) >= 0);
			online += e.kind == READER_ONLINE;
			if (kind == READER_ONLINE ? online == o->readers_len
						  : i == reader && e.kind == kind) {
				*out = e;
				return;
			}
			assert_int_not_equal(e.kind, READER_CARD);
		}
		assert_true(now_ms() < end_ms);
		usleep(2000);
	}
}

static void two_readers_share_a_line(void **state)
{
	const struct osdp_reply card = {.code = OSDP_R_RAW,
					.card = {0, true, 26, {0xa5, 0x5a, 0xff, 0xc0}}};
	struct gate_options options = {.settings = &settings};
	struct rig rig = {.world = NULL};
	static struct reader_event event;
	struct far_end far;
	char path[256];
	tanu_error err = {0};

	far_open(&far);
	settings_begin();
	for (int i = 1; i <= PDS; i++) {
		set_osdp(state, i, far.name, path);
		key_write(path, (uint8_t)i);
		far.pd[i - 1].key = key_of(path);
		far.pd[i - 1].has_key = true;
	}
	far_begin(&far);
	if (rig_open(&rig, &options, &settings, &err) < 0)
		fail_msg("%s: %s", err.place, err.message);
	assert_int_equal(options.readers_len, 2);
	assert_int_equal(options.readers[0].direction, RULES_ENTRY);
	assert_int_equal(options.readers[1].direction, RULES_EXIT);
	until(&options, &event, 0, READER_ONLINE);
	for (size_t i = PDS; i-- > 0;) {
		pthread_mutex_lock(&far.lock);
		pd_show(&far.pd[i], &card);
		pthread_mutex_unlock(&far.lock);
		until(&options, &event, i, READER_CARD);
		assert_int_equal(event.bits, 26);
	}
	rig_end(&rig, &options);
	far_close(&far);
}

/* ---- keys ---- */

static tanu_status pair(int number, enum rig_pair how, int64_t patience_ms, tanu_error *err)
{
	*err = (tanu_error){0};
	return rig_pair(&settings, number, how, patience_ms, err);
}

static void a_reader_of_the_factory_gets_its_key(void **state)
{
	struct osdp_key first, second;
	struct far_end far;
	char path[256], next[300];
	tanu_error err;

	far_open(&far);
	settings_begin();
	set_osdp(state, 1, far.name, path);
	snprintf(next, sizeof(next), "%s.new", path);
	far_begin(&far);
	if (pair(1, RIG_PAIR_NEW, PATIENCE_MS, &err) < 0)
		fail_msg("%s: %s", err.place, err.message);
	first = key_of(path);
	assert_true(has_key(&far, 0, &first));
	assert_int_equal(pair(1, RIG_PAIR_NEW, PATIENCE_MS, &err), TANU_OK); /* it has it */
	assert_true(has_key(&far, 0, &first));

	if (pair(1, RIG_PAIR_AGAIN, PATIENCE_MS, &err) < 0)
		fail_msg("%s: %s", err.place, err.message);
	second = key_of(path);
	assert_memory_not_equal(&first, &second, sizeof(first));
	assert_true(has_key(&far, 0, &second));
	assert_false(os_exists(next));
	assert_false(far.pd[0].clear_data);
	far_close(&far);
}

/* The power goes before the reader has answered, and after: it goes on where it was. */
static void a_change_of_key_that_was_cut_goes_on(void **state)
{
	struct gate_options options = {.settings = &settings};
	struct rig rig = {.world = NULL};
	static struct reader_event event;
	struct osdp_key old, next_key;
	struct far_end far;
	char path[256], next[300];
	tanu_error err;

	far_open(&far);
	settings_begin();
	set_osdp(state, 1, far.name, path);
	snprintf(next, sizeof(next), "%s.new", path);
	key_write(path, 7);
	old = key_of(path);
	far.pd[0].key = old;
	far.pd[0].has_key = far.pd[0].dead = true;
	far_begin(&far);
	assert_int_equal(pair(1, RIG_PAIR_AGAIN, 500, &err), TANU_SYSTEM);
	assert_non_null(strstr(err.message, "wires, address and speed"));
	next_key = key_of(next);
	assert_true(has_key(&far, 0, &old));

	/* it had it after all, and the gate did not hear that it had */
	pthread_mutex_lock(&far.lock);
	far.pd[0].key = next_key;
	far.pd[0].dead = false;
	pthread_mutex_unlock(&far.lock);
	assert_int_equal(rig_open(&rig, &options, &settings, &err), TANU_OK);
	until(&options, &event, 0,
	      READER_ONLINE); /* a gate that is started opens it all the same */
	rig_end(&rig, &options);
	assert_int_equal(pair(1, RIG_PAIR_AGAIN, PATIENCE_MS, &err), TANU_OK);
	old = key_of(path);
	assert_memory_equal(&old, &next_key, sizeof(old));
	assert_false(os_exists(next));
	far_close(&far);
}

static void a_reader_that_says_no_is_told(void **state)
{
	struct far_end far;
	char path[256];
	tanu_error err;

	far_open(&far);
	settings_begin();
	set_osdp(state, 1, far.name, path);
	far.pd[0].has_key = true; /* of somebody else: it was not reset */
	memset(&far.pd[0].key, 9, sizeof(far.pd[0].key));
	far_begin(&far);
	assert_int_equal(pair(1, RIG_PAIR_NEW, 3000, &err), TANU_SYSTEM);
	assert_non_null(strstr(err.message, "another"));
	far_close(&far);
	set("reader1.line", scratch_path(state, "no-port"));
	assert_int_equal(pair(1, RIG_PAIR_NEW, 300, &err), TANU_SYSTEM);
	assert_string_equal(err.place, "reader");
	assert_int_equal(pair(2, RIG_PAIR_NEW, 300, &err), TANU_USAGE);
	assert_string_equal(err.place, "reader2.driver");
	assert_int_equal(pair(9, RIG_PAIR_NEW, 300, &err), TANU_USAGE);
	set("reader1.key", "");
	assert_int_equal(pair(1, RIG_PAIR_NEW, 300, &err), TANU_USAGE);
	assert_string_equal(err.place, "reader1.key");
}

/* ---- settings that cannot be ---- */

static void a_setting_that_cannot_be_is_named(void **state)
{
	static const struct {
		const char *place, *rows[6];
	} bad[] = {
	    {"reader1.line", {"reader1.driver", "osdp"}},
	    {"reader1.key", {"reader1.driver", "osdp", "reader1.line", "/dev/null"}},
	    {"reader1.driver", {"reader1.driver", "barcode"}},
	    {"reader1.direction", {"reader1.driver", "sim", "reader1.direction", "up"}},
	    {"reader1.line", {"reader1.driver", "wiegand", "reader1.line", "5"}},
	    {"reader1.layout",
	     {"reader1.driver", "wiegand", "reader1.line", "5,6", "reader1.layout", "26,27"}},
	    {"reader1.layout",
	     {"reader1.driver", "wiegand", "reader1.line", "5,6", "reader1.layout",
	      "26,34,37,26n,34n"}},
	    {"reader1.sites",
	     {"reader1.driver", "wiegand", "reader1.line", "5,6", "reader1.sites", "12,x"}},
	    {"reader1.sites",
	     {"reader1.driver", "wiegand", "reader1.line", "5,6", "reader1.sites", "-1"}},
	    {"reader1.light",
	     {"reader1.driver", "wiegand", "reader1.line", "5,6", "reader1.light", "red"}},
	    {"reader1.file", {"reader1.driver", "pcsc", "reader1.file", "A000"}},
	    {"reader1.file", {"reader1.driver", "pcsc", "reader1.file", "A00000039703:01"}},
	    {"reader1.file", {"reader1.driver", "pcsc", "reader1.file", "G000000397:0101"}},
	    {"reader2.driver", {"reader2.driver", "camera"}},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct gate_options options = {.settings = &settings};
		struct rig rig = {.world = NULL};
		tanu_error err = {0};

		settings_begin();
		for (int k = 0; k < 6 && bad[i].rows[k]; k += 2)
			set(bad[i].rows[k], bad[i].rows[k + 1]);
		assert_true(rig_open(&rig, &options, &settings, &err) < 0);
		if (strcmp(err.place, bad[i].place) != 0)
			fail_msg("%zu: %s instead of %s: %s", i, err.place, bad[i].place,
				 err.message);
		rig_end(&rig, &options);
	}
}

static void readers_on_one_line_have_one_speed(void **state)
{
	struct gate_options options = {.settings = &settings};
	struct rig rig = {.world = NULL};
	tanu_error err = {0};
	char path[256];

	settings_begin();
	for (int i = 1; i <= PDS; i++) {
		set_osdp(state, i, "/dev/null", path);
		key_write(path, (uint8_t)i);
	}
	set("reader2.baud", "9600");
	assert_true(rig_open(&rig, &options, &settings, &err) < 0);
	assert_string_equal(err.place, "reader2.baud");
	rig_end(&rig, &options);
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    IN_SCRATCH(two_readers_share_a_line),
	    IN_SCRATCH(a_reader_of_the_factory_gets_its_key),
	    IN_SCRATCH(a_change_of_key_that_was_cut_goes_on),
	    IN_SCRATCH(a_reader_that_says_no_is_told),
	    IN_SCRATCH(a_setting_that_cannot_be_is_named),
	    IN_SCRATCH(readers_on_one_line_have_one_speed),
	};
	int failed = cmocka_run_group_tests_name("rig/readers", tests, NULL, NULL);

	settings_free(&settings);
	return failed;
}
