/* SPDX-License-Identifier: Apache-2.0 */
/* Cameras behind a network, by a server of the test's own on this machine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "device/camera_help.h"
#include "device/camera_server.h"
#include "os/scratch.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct camera_options patient = {.silence_ms = 1500, .retry_ms = 50};

static const char *pictures(void **state)
{
	char command[700];

	snprintf(command, sizeof(command),
		 "ffmpeg -nostdin -loglevel error -f lavfi -i "
		 "testsrc2=size=320x240:rate=10:duration=1 %s/p%%03d.jpg </dev/null",
		 (const char *)*state);
	assert_int_equal(system(command), 0);
	return *state;
}

static void open_url(struct camera *c, const struct camera_server *s, const char *form,
		     const struct camera_options *options)
{
	char url[200];

	snprintf(url, sizeof(url), form, s->port);
	assert_int_equal(camera_open(c, url, options, NULL), TANU_OK);
}

static void http_shows_frames(void **state)
{
	struct camera_server s = {.way = SERVES_HTTP};
	struct camera_event event;
	struct camera c = {0};
	uint64_t last = 0;

	needs_ffmpeg();
	s.film = pictures(state);
	camera_server_start(&s, scratch_path(state, "connections"));
	open_url(&c, &s, "http://localhost:%d/video", &patient);
	camera_until(&c, &event, CAMERA_ONLINE, NULL);
	assert_string_equal(event.format.codec, "mjpeg");
	assert_int_equal(event.format.width, 320);
	for (int i = 0; i < 10; i++) {
		camera_until(&c, &event, CAMERA_FRAME, NULL);
		assert_true(event.frame.number > last);
		last = event.frame.number;
	}
	camera_close(&c);
	camera_server_stop(&s);
}

static void rtsp_shows_frames(void **state)
{
	struct camera_server s = {.way = SERVES_RTSP};
	struct camera_event event;
	struct camera c = {0};

	needs_ffmpeg();
	s.film = film(state, "a.h264", "testsrc2=size=320x240:rate=25:duration=2",
		      "-c:v libx264 -tune zerolatency -x264-params slices=1:sliced-threads=0 -f "
		      "h264");
	camera_server_start(&s, scratch_path(state, "connections"));
	open_url(&c, &s, "rtsp://127.0.0.1:%d/one", &patient);
	camera_until(&c, &event, CAMERA_ONLINE, NULL);
	assert_string_equal(event.format.codec, "h264");
	assert_string_equal(event.format.container, "rtsp");
	assert_int_equal(event.format.width, 320);
	for (int i = 0; i < 20; i++)
		camera_until(&c, &event, CAMERA_FRAME, NULL);
	assert_true(event.frame.media_ms > 0);
	camera_close(&c);
	camera_server_stop(&s);
}

static void is_tried_again_when_the_stream_is_cut(void **state)
{
	struct camera_server s = {.way = SERVES_HTTP, .frames = 5};
	struct camera_event event;
	struct camera c = {0};

	needs_ffmpeg();
	s.film = pictures(state);
	camera_server_start(&s, scratch_path(state, "connections"));
	open_url(&c, &s, "http://127.0.0.1:%d/", &patient);
	for (int i = 0; i < 2; i++) {
		camera_until(&c, &event, CAMERA_ONLINE, NULL);
		camera_until(&c, &event, CAMERA_FRAME, NULL);
		camera_until(&c, &event, CAMERA_OFFLINE, NULL);
		assert_string_equal(event.why, "the camera has ended its stream");
	}
	/* The machine is gone, and comes back. */
	camera_server_stop(&s);
	camera_until(&c, &event, CAMERA_OFFLINE, NULL);
	assert_non_null(strstr(event.why, "does not open: Connection refused"));
	s.frames = 0;
	camera_server_start(&s, scratch_path(state, "connections"));
	camera_until(&c, &event, CAMERA_ONLINE, NULL);
	camera_until(&c, &event, CAMERA_FRAME, NULL);
	camera_close(&c);
	camera_server_stop(&s);
}

/* The decoder among the children of this process; the server is one too. */
static pid_t decoder(void)
{
	char path[64], name[32];
	pid_t found = 0;
	FILE *children;
	int pid;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", (int)getpid());
	children = fopen(path, "r");
	while (children && !found && fscanf(children, "%d", &pid) == 1) {
		FILE *f;

		snprintf(path, sizeof(path), "/proc/%d/comm", pid);
		f = fopen(path, "r");
		if (f && fgets(name, sizeof(name), f) && strncmp(name, "tanu-worker-cam", 15) == 0)
			found = pid;
		if (f)
			fclose(f);
	}
	if (children)
		fclose(children);
	return found;
}

static void a_decoder_that_is_killed_is_started_again(void **state)
{
	struct camera_server s = {.way = SERVES_HTTP};
	struct camera_event event;
	struct camera c = {0};
	pid_t pid;

	needs_ffmpeg();
	s.film = pictures(state);
	camera_server_start(&s, scratch_path(state, "connections"));
	open_url(&c, &s, "http://127.0.0.1:%d/", &patient);
	camera_until(&c, &event, CAMERA_FRAME, NULL);
	pid = decoder();
	if (pid) { /* a kernel that names no children: nothing to kill */
		assert_int_equal(kill(pid, SIGKILL), 0);
		camera_until(&c, &event, CAMERA_OFFLINE, NULL);
		assert_non_null(strstr(event.why, "died on this stream (signal 9"));
		camera_until(&c, &event, CAMERA_ONLINE, NULL);
		camera_until(&c, &event, CAMERA_FRAME, NULL);
	}
	camera_close(&c);
	camera_server_stop(&s);
}

static void silence_is_noticed(void **state)
{
	struct camera_server s = {.way = SERVES_HTTP, .frames = 5, .hang = true};
	const struct camera_options quick = {.silence_ms = 600, .start_ms = 5000};
	struct camera_event event;
	struct camera c = {0};

	needs_ffmpeg();
	s.film = pictures(state);
	camera_server_start(&s, scratch_path(state, "connections"));
	open_url(&c, &s, "http://127.0.0.1:%d/", &quick);
	camera_until(&c, &event, CAMERA_FRAME, NULL);
	camera_until(&c, &event, CAMERA_OFFLINE, NULL);
	camera_close(&c);
	camera_server_stop(&s);
}

/* A camera that sends its viewer elsewhere would make a way into the network behind it. */
static void nobody_is_sent_to_another_machine_or_port(void **state)
{
	struct camera_server other = {.way = SERVES_HTTP};
	struct camera_server s = {.way = SERVES_REDIRECT};
	struct camera_event event;
	struct camera c = {0};
	char elsewhere[100];

	needs_ffmpeg();
	other.film = pictures(state);
	camera_server_start(&other, scratch_path(state, "other"));
	snprintf(elsewhere, sizeof(elsewhere), "http://127.0.0.1:%d/", other.port);
	s.elsewhere = elsewhere;
	camera_server_start(&s, scratch_path(state, "connections"));
	open_url(&c, &s, "http://127.0.0.1:%d/", &patient);
	camera_until(&c, &event, CAMERA_OFFLINE, NULL);
	assert_true(camera_server_connections(&s) > 0);
	assert_int_equal(camera_server_connections(&other), 0);
	camera_close(&c);
	camera_server_stop(&s);
	camera_server_stop(&other);
}

static void who_says_nothing_or_never_stops_is_given_up(void **state)
{
	static const enum camera_server_way ways[] = {SERVES_NOTHING, SERVES_ENDLESS};
	const struct camera_options quick = {.silence_ms = 800, .start_ms = 800};

	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		struct camera_server s = {.way = ways[i]};
		struct camera_event event;
		struct camera c = {0};

		camera_server_start(&s, scratch_path(state, "connections"));
		open_url(&c, &s, "http://127.0.0.1:%d/", &quick);
		camera_until(&c, &event, CAMERA_OFFLINE, NULL);
		print_message("%s\n", event.why);
		camera_close(&c);
		camera_server_stop(&s);
	}
}

/* "eye:secret", as Basic asks for it. */
static void a_password_goes_to_the_camera_and_nowhere_else(void **state)
{
	struct camera_server s = {.way = SERVES_HTTP, .want = "Basic ZXllOnNlY3JldA=="};
	struct camera_event event;
	struct camera c = {0};

	needs_ffmpeg();
	s.film = pictures(state);
	camera_server_start(&s, scratch_path(state, "connections"));
	open_url(&c, &s, "http://eye:wrong-word@127.0.0.1:%d/", &patient);
	camera_until(&c, &event, CAMERA_OFFLINE, NULL);
	assert_non_null(strstr(event.why, "401"));
	assert_null(strstr(event.why, "wrong-word"));
	camera_close(&c);
	open_url(&c, &s, "http://eye:secret@127.0.0.1:%d/", &patient);
	camera_until(&c, &event, CAMERA_FRAME, NULL);
	camera_close(&c);
	camera_server_stop(&s);
}

static void a_name_that_is_not_known_says_so(void **state)
{
	struct camera_event event;
	struct camera c = {0};

	(void)state;
	assert_int_equal(camera_open(&c, "rtsp://eye:secret@no-such-camera.invalid/", NULL, NULL),
			 TANU_OK);
	camera_until(&c, &event, CAMERA_OFFLINE, NULL);
	assert_non_null(strstr(event.why, "name is not known here"));
	assert_null(strstr(event.why, "secret"));
	camera_close(&c);
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    IN_SCRATCH(http_shows_frames),
	    IN_SCRATCH(rtsp_shows_frames),
	    IN_SCRATCH(is_tried_again_when_the_stream_is_cut),
	    IN_SCRATCH(a_decoder_that_is_killed_is_started_again),
	    IN_SCRATCH(silence_is_noticed),
	    IN_SCRATCH(nobody_is_sent_to_another_machine_or_port),
	    IN_SCRATCH(who_says_nothing_or_never_stops_is_given_up),
	    IN_SCRATCH(a_password_goes_to_the_camera_and_nowhere_else),
	    IN_SCRATCH(a_name_that_is_not_known_says_so),
	};

	return cmocka_run_group_tests_name("device/camera_network", tests, NULL, NULL);
}
