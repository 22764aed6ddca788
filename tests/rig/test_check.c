/* SPDX-License-Identifier: Apache-2.0 */
/* The technician's table: each row says ok, or LOOK and where. And what settings are refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rig/check.h"
#include "rig/rig.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct settings settings;
static struct gate_state state;

static int setup(void **unused)
{
	const struct setting_row *rows;
	size_t len;

	(void)unused;
	rows = gate_settings(&len);
	assert_int_equal(settings_init(&settings, rows, len, NULL), TANU_OK);
	settings_set(&settings, "camera.source", "/dev/video0", NULL);
	state = (struct gate_state){.camera_on = true,
				    .camera_trouble = "none",
				    .frames_per_s = 15,
				    .readers = 1,
				    .readers_on = 1,
				    .door = "locked",
				    .time_trusted = true,
				    .lease_valid = true,
				    .lease_until_ms = 1790578800000};
	return 0;
}

static int teardown(void **unused)
{
	(void)unused;
	settings_free(&settings);
	return 0;
}

/* The row of this name, or "". */
static const char *row(const char *name)
{
	static char line[300];
	struct rig_table table = {.len = 0};
	struct buf text = {0};
	const char *at;
	char begin[32];

	snprintf(begin, sizeof(begin), "%-10s ", name);
	rig_check(&table, &state, &settings);
	rig_table_text(&text, &table);
	at = strstr(buf_cstr(&text), begin);
	snprintf(line, sizeof(line), "%.*s", at ? (int)strcspn(at, "\n") : 0, at ? at : "");
	buf_free(&text);
	return line;
}

static void assert_row(const char *name, bool good, const char *part)
{
	const char *line = row(name);

	if (!strstr(line, good ? " ok " : " LOOK ") || !strstr(line, part))
		fail_msg("\"%s\" instead of %s: %s", line, good ? "ok" : "LOOK", part);
}

static void what_works_is_told_in_short(void **unused)
{
	(void)unused;
	assert_row("picture", true, "15.0 pictures a second");
	assert_row("light", true, "neither");
	assert_row("readers", true, "1 of 1");
	assert_row("door", true, "locked");
	assert_row("clock", true, "");
	assert_row("lease", true, "2026-09-28");
	assert_row("events", true, "0 of 0");
	assert_string_equal(row("site"), "");
	assert_string_equal(row("infrared"), "");
	assert_string_equal(row("depth"), "");
}

static void what_does_not_says_where_to_look(void **unused)
{
	(void)unused;
	state.frames_per_s = 3;
	assert_row("picture", false, "5 or more");
	state.camera_trouble = "covered";
	assert_row("light", false, "covered");
	state.camera_on = false;
	assert_row("picture", false, "camera.source");
	assert_string_equal(row("light"), "");
	settings_set(&settings, "camera.source", "", NULL);
	assert_row("picture", true, "without a face");
	state.readers_on = 0;
	assert_row("readers", false, "wires");
	state.readers = 0;
	assert_row("readers", false, "0 of 0");
	state.door = "fault";
	assert_row("door", false, "fault");
	state.time_trusted = state.lease_valid = false;
	assert_row("clock", false, "clock.battery");
	assert_row("lease", false, "until");
	state.lease_until_ms = 0;
	assert_row("lease", false, "none");
	state.events_alarm = true;
	assert_row("events", false, "wait");
	state.has_link = true;
	assert_row("site", false, "does not answer");
}

static void a_second_camera_says_how_to_hang_it(void **unused)
{
	struct second_seen *seen = &state.second[SECOND_INFRARED].seen;

	(void)unused;
	state.second[SECOND_INFRARED].there = true;
	assert_row("infrared", false, "infrared.source");
	state.second[SECOND_INFRARED].on = true;
	assert_row("infrared", true, "stand there");
	*seen = (struct second_seen){.any = true, .value = NAN};
	assert_row("infrared", false, "lamp");
	seen->value = 0;
	assert_row("infrared", false, "no face where");
	seen->value = 2.5F;
	seen->fits_known = true;
	seen->fits = (struct second_view){.scale = 1.04F, .right = 0.02F};
	assert_row("infrared", true, "2.5 times");
	seen->value = 0; /* it stands elsewhere in that picture: here is where */
	seen->fits = (struct second_view){.scale = 0.8F, .right = 0.12F, .down = -0.03F};
	assert_row("infrared", false, "infrared.view = 80 12 -3");
	settings_set(&settings, "infrared.view", "80 12 -3", NULL);
	seen->value = 2;
	assert_row("infrared", true, "2.0 times");
}

static void a_camera_of_distances_likewise(void **unused)
{
	struct second_seen *seen = &state.second[SECOND_DEPTH].seen;

	(void)unused;
	state.second[SECOND_DEPTH].there = true;
	assert_row("depth", false, "depth.source");
	state.second[SECOND_DEPTH].on = true;
	assert_row("depth", true, "stand there");
	*seen = (struct second_seen){.any = true, .value = NAN};
	assert_row("depth", false, "no distances");
	seen->value = 3;
	assert_row("depth", false, "14 or more");
	seen->value = 22;
	assert_row("depth", true, "22 mm");
}

static void a_slow_loop_is_told(void **unused)
{
	struct rig_table table = {.len = 0};
	struct buf b = {0};

	(void)unused;
	rig_check_rounds(&table, 200000, 12000000);
	rig_check_rounds(&table, 200000, 80000000);
	rig_table_text(&b, &table);
	assert_non_null(strstr(buf_cstr(&b), "ok    a round takes 12.0 ms"));
	assert_non_null(strstr(buf_cstr(&b), "LOOK  a round takes 80.0 ms"));
	buf_free(&b);
	rig_table_json(&b, &table);
	assert_non_null(
	    strstr(buf_cstr(&b), "{\"ok\":false,\"rows\":[{\"what\":\"latency\",\"ok\":true,"));
	buf_free(&b);
	table.len = 1;
	rig_table_json(&b, &table);
	assert_non_null(strstr(buf_cstr(&b), "{\"ok\":true,"));
	buf_free(&b);
	for (int i = 0; i < 2 * RIG_ROWS_MAX; i++)
		rig_check_rounds(&table, 1, 1);
	assert_int_equal(table.len, RIG_ROWS_MAX);
}

/* ---- settings that cannot be ---- */

static void what_settings_name_must_fit_together(void **unused)
{
	static const struct {
		const char *name, *value, *other, *other_value, *place;
	} bad[] = {
	    {"infrared.source", "rtsp://192.0.2.1/ir", "camera.source", "", "infrared.view"},
	    {"infrared.source", "rtsp://192.0.2.1/ir", "infrared.view", "100 0", "infrared.view"},
	    {"depth.source", "rtsp://192.0.2.1/d", "depth.view", "nan 0 0", "depth.view"},
	    {"depth.source", "/", "depth.view", "100 0 0", "camera"},
	    {"panel.line", "5", "panel.other", "", "panel.line"},
	    {"panel.line", "5,6", "panel.other", "26:12", "panel.other"},
	    {"panel.line", "5,6", "panel.other", "26:999:1", "panel.other"},
	    {"door.driver", "panel", "door.bolt", "7", "door.bolt"},
	    {"door.driver", "relays", "door.bolt", "7", "door.driver"},
	};

	(void)unused;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct gate_options options = {.settings = &settings};
		struct rig rig = {.world = NULL};
		tanu_error err = {0};

		teardown(NULL);
		setup(NULL);
		settings_set(&settings, "door.driver", "sim", NULL);
		settings_set(&settings, "camera.source", "rtsp://192.0.2.1/colour", NULL);
		settings_set(&settings, bad[i].name, bad[i].value, NULL);
		settings_set(&settings, bad[i].other, bad[i].other_value, NULL);
		assert_true(rig_open(&rig, &options, &settings, &err) < 0);
		assert_string_equal(err.place, bad[i].place);
		for (int k = 0; k < SECOND_KINDS; k++)
			camera_close(&options.second[k].camera);
		camera_close(&options.camera);
		liveness_close(&options.liveness);
		door_close(&options.door);
		rig_close(&rig);
	}
}

#define CHECK_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    CHECK_TEST(what_works_is_told_in_short),
	    CHECK_TEST(what_does_not_says_where_to_look),
	    CHECK_TEST(a_second_camera_says_how_to_hang_it),
	    CHECK_TEST(a_camera_of_distances_likewise),
	    CHECK_TEST(a_slow_loop_is_told),
	    CHECK_TEST(what_settings_name_must_fit_together),
	};

	return cmocka_run_group_tests_name("rig/check", tests, NULL, NULL);
}
