/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A decoder that a stream has taken over. TANU_WORKER names a link to this very program; started
 * under such a name it plays that part and never gets to the tests.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "device/camera_help.h"
#include "os/scratch.h"
#include "worker/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define SIDE 64

extern char **environ;

static struct stream_frames frames;

static void say(const struct stream_record *record)
{
	struct buf b = {0};

	stream_record_put(&b, record);
	while (write(STREAM_FD_RECORDS, b.data, b.len) < 0 && errno == EAGAIN)
		usleep(1000);
	buf_free(&b);
}

static void open_well(void)
{
	say(&(struct stream_record){.word = STREAM_OPENED, .width = SIDE, .height = SIDE});
}

static void show(const struct stream_head *head)
{
	memset(stream_frames_room(&frames), (int)head->number, (size_t)SIDE * SIDE * 3);
	stream_frames_publish(&frames, head);
	say(&(struct stream_record){.word = STREAM_FRAME});
}

static void show_well(uint64_t number)
{
	show(&(struct stream_head){SIDE, SIDE, number, os_monotonic_ns(), 0});
}

static void hangs(void)
{
	for (;;)
		pause();
}

static void dies(void)
{
	const struct rlimit none = {0, 0};

	open_well();
	show_well(1);
	usleep(50000);
	setrlimit(RLIMIT_CORE, &none);
	raise(SIGKILL);
}

static void falls_silent(void)
{
	open_well();
	show_well(1);
	hangs();
}

static void babbles(void)
{
	for (;;)
		if (write(STREAM_FD_RECORDS, "babble", 6) < 0 && errno != EAGAIN)
			_exit(1);
}

static void claims_more_than_there_is(void)
{
	open_well();
	show(&(struct stream_head){4096, 4096, 1, os_monotonic_ns(), 0});
	hangs();
}

static void claims_less_than_nothing(void)
{
	open_well();
	show(&(struct stream_head){-1, SIDE, 1, os_monotonic_ns(), 0});
	hangs();
}

static void writes_over_the_word(void)
{
	const uint32_t word = 0xFFFFFFFF;

	open_well();
	memcpy(frames.map, &word, sizeof(word));
	say(&(struct stream_record){.word = STREAM_FRAME});
	hangs();
}

static void speaks_of_permits(void)
{
	say(&(struct stream_record){
	    .word = STREAM_FAILED, .code = TANU_ERR_PERMIT, .text = "granted"});
	hangs();
}

static void shouts_at_the_terminal(void)
{
	say(&(struct stream_record){
	    .word = STREAM_FAILED, .code = TANU_ERR_NETWORK, .text = "\x1B[2Jgone"});
	hangs();
}

/* Take the frames away while the parent reads them: the seals forbid it. */
static void takes_frames_back(void)
{
	open_well();
	if (ftruncate(STREAM_FD_FRAMES, 0) == 0 ||
	    fallocate(STREAM_FD_FRAMES, 0, 0, (off_t)1 << 40) == 0)
		_exit(1);
	show_well(1);
	hangs();
}

/* From tomorrow, and from before the machine was started. */
static void lies_about_the_time(void)
{
	open_well();
	show(&(struct stream_head){SIDE, SIDE, 1, INT64_MAX, INT64_MIN});
	usleep(50000);
	show(&(struct stream_head){SIDE, SIDE, 2, INT64_MIN, INT64_MAX});
	hangs();
}

/* Never stops, never waits. */
static void floods(void)
{
	open_well();
	for (uint64_t i = 1;; i++)
		show_well(i);
}

/* Fine only if it was given nothing but its descriptors. */
static void looks_around(void)
{
	int next = dup(STREAM_FD_REQUEST);
	char byte = 'x';

	if (environ[0] || next != STREAM_FDS || pwrite(STREAM_FD_REQUEST, &byte, 1, 0) >= 0)
		_exit(1);
	for (int fd = STREAM_FDS + 1; fd < 1024; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			_exit(1);
	open_well();
	show_well(1);
	hangs();
}

static const struct part {
	const char *name;
	void (*play)(void);
	const char *why; /* of the loss; NULL: a frame comes */
} parts[] = {
    {"dies", dies, "died on this stream (signal 9, Killed)"},
    {"silent", falls_silent, "no picture came for"},
    {"hangs", hangs, "no picture came for"},
    {"babbles", babbles, "makes no sense"},
    {"more", claims_more_than_there_is, "makes no sense"},
    {"less", claims_less_than_nothing, "makes no sense"},
    {"word", writes_over_the_word, "makes no sense"},
    {"permits", speaks_of_permits, "makes no sense"},
    {"shouts", shouts_at_the_terminal, "?[2Jgone"},
    {"takes", takes_frames_back, NULL},
    {"time", lies_about_the_time, NULL},
    {"floods", floods, NULL},
    {"looks", looks_around, NULL},
};

static void open_by(void **state, struct camera *c, const char *name)
{
	const struct camera_options options = {
	    .max_width = SIDE,
	    .max_height = SIDE,
	    .start_ms = 400,
	    .silence_ms = 400,
	    .retry_ms = 20,
	    .retry_max_ms = 50,
	};
	char self[OS_PATH_MAX] = {0}, link_name[64];

	assert_true(readlink("/proc/self/exe", self, sizeof(self) - 1) > 0);
	snprintf(link_name, sizeof(link_name), "%s-camera", name);
	assert_int_equal(symlink(self, scratch_path(state, link_name)), 0);
	assert_int_equal(setenv("TANU_WORKER", scratch_path(state, name), 1), 0);
	assert_int_equal(camera_open(c, "rtsp://192.0.2.1/", &options, NULL), TANU_OK);
}

static void no_child_is_left(void)
{
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static void costs_its_camera_and_gives_a_clear_reason(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		struct camera_event event;
		struct camera c = {0};

		print_message("%s\n", parts[i].name);
		open_by(state, &c, parts[i].name);
		if (parts[i].why) {
			camera_until(&c, &event, CAMERA_OFFLINE, NULL);
			if (!strstr(event.why, parts[i].why))
				fail_msg("%s", event.why);
		} else {
			camera_until(&c, &event, CAMERA_FRAME, NULL);
			assert_int_equal(event.frame.pixels.width, SIDE);
		}
		camera_close(&c);
		no_child_is_left();
	}
}

static void is_tried_again_and_told_once(void **state)
{
	struct camera_event event;
	struct camera c = {0};
	int seen[CAMERA_ENDED + 1] = {0};

	open_by(state, &c, "permits");
	camera_until(&c, &event, CAMERA_OFFLINE, NULL);
	/* It fails some ten times more, for the same reason. */
	for (int64_t end = os_monotonic_ns() + 500000000; os_monotonic_ns() < end;) {
		assert_int_equal(camera_next(&c, &event, os_monotonic_ns() / 1000000, NULL),
				 TANU_OK);
		seen[event.kind]++;
		camera_wait(&c, 10);
	}
	assert_int_equal(seen[CAMERA_OFFLINE], 0);
	assert_int_equal(seen[CAMERA_ONLINE], 0);
	camera_close(&c);
	no_child_is_left();
	/* Each time that it had shown pictures is told. */
	open_by(state, &c, "dies");
	for (int i = 0; i < 3; i++) {
		camera_until(&c, &event, CAMERA_ONLINE, NULL);
		camera_until(&c, &event, CAMERA_FRAME, NULL);
		camera_until(&c, &event, CAMERA_OFFLINE, NULL);
	}
	camera_close(&c);
	no_child_is_left();
}

static void the_pause_before_it_is_tried_again_doubles(void **state)
{
	const struct camera_options options = {.retry_ms = 100, .retry_max_ms = 350};
	const int64_t pauses[] = {100, 200, 350, 350};
	struct camera c = {0};
	struct camera_event event;
	int64_t now = 1000000;

	(void)state;
	/* No worker can be started: each try fails at once, and the clock is the test's. */
	assert_int_equal(setenv("TANU_WORKER", "/nonexistent", 1), 0);
	assert_int_equal(camera_open(&c, "rtsp://192.0.2.1/", &options, NULL), TANU_OK);
	for (size_t i = 0; i < ARRAY_LEN(pauses); i++) {
		assert_int_equal(camera_next(&c, &event, now, NULL), TANU_OK);
		assert_int_equal(event.kind, i ? CAMERA_NOTHING : CAMERA_OFFLINE);
		assert_int_equal(camera_fd(&c), -1);
		assert_int_equal(camera_wake_ms(&c) - now, pauses[i]);
		now = camera_wake_ms(&c);
	}
	camera_close(&c);
}

static void a_time_that_cannot_be_is_now(void **state)
{
	struct camera_event event;
	struct camera c = {0};
	int64_t before = os_monotonic_ns() / 1000000, last = 0;

	open_by(state, &c, "time");
	for (int i = 0; i < 2; i++) {
		camera_until(&c, &event, CAMERA_FRAME, NULL);
		assert_true(event.frame.at_ms >= before && event.frame.at_ms >= last);
		assert_true(event.frame.at_ms <= os_monotonic_ns() / 1000000);
		last = event.frame.at_ms;
	}
	camera_close(&c);
}

/* A flood costs frames, and no memory and no time of the parent's. */
static void of_a_flood_the_newest_is_taken(void **state)
{
	struct camera_event event;
	struct camera c = {0};
	uint64_t last = 0;

	open_by(state, &c, "floods");
	for (int i = 0; i < 50; i++) {
		camera_until(&c, &event, CAMERA_FRAME, NULL);
		assert_true(event.frame.number > last);
		last = event.frame.number;
		usleep(2000);
	}
	assert_true(last > 60);
	camera_close(&c);
	no_child_is_left();
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

static int play(const struct part *part)
{
	struct stream_request q;
	size_t len = os_fd_size(STREAM_FD_REQUEST);
	void *bytes = os_map(STREAM_FD_REQUEST, len, false);

	if (!bytes || !stream_request_read(&q, bytes, len) ||
	    !stream_frames_map(&frames, STREAM_FD_FRAMES, q.max_width, q.max_height, true))
		return 1;
	part->play();
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    IN_SCRATCH(costs_its_camera_and_gives_a_clear_reason),
	    IN_SCRATCH(is_tried_again_and_told_once),
	    IN_SCRATCH(the_pause_before_it_is_tried_again_doubles),
	    IN_SCRATCH(a_time_that_cannot_be_is_now),
	    IN_SCRATCH(of_a_flood_the_newest_is_taken),
	};
	const char *name = argc == 1 ? strrchr(argv[0], '/') : NULL;

	for (size_t i = 0; name && i < ARRAY_LEN(parts); i++)
		if (strncmp(name + 1, parts[i].name, strlen(parts[i].name)) == 0 &&
		    strcmp(name + 1 + strlen(parts[i].name), "-camera") == 0)
			return play(&parts[i]);
	return cmocka_run_group_tests_name("device/camera_worker", tests, NULL, NULL);
}
