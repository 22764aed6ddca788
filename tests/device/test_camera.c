/* SPDX-License-Identifier: Apache-2.0 */
/* Films and folders through the decoder's process, and what is wrong with a picture. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "device/camera_help.h"
#include "image/image.h"
#include "os/scratch.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATTERN "testsrc2=size=320x240:rate=25:duration=2" /* 50 frames */

static const struct camera_options every = {.pace = CAMERA_EVERY};

static void open_film(struct camera *c, const char *path, const struct camera_options *options)
{
	tanu_error err = {0};

	if (camera_open(c, path, options, &err) < 0)
		fail_msg("%s: %s", err.place, err.message);
}

static void shows_each_frame_of_a_film_once(void **state)
{
	static const char *const ways[][2] = {
	    {"a.mp4", "-c:v libx264 -pix_fmt yuv420p"},
	    {"a.mkv", "-c:v ffv1"},
	    {"a.avi", "-c:v mjpeg"},
	    {"a.ts", "-c:v mpeg4"},
	};

	needs_ffmpeg();
	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		struct camera_event event;
		struct camera c = {0};
		int seen[CAMERA_ENDED + 1] = {0};

		open_film(&c, film(state, ways[i][0], PATTERN, ways[i][1]), &every);
		camera_until(&c, &event, CAMERA_ONLINE, NULL);
		print_message("%s, %s\n", event.format.codec, event.format.container);
		assert_int_equal(event.format.width, 320);
		assert_int_equal(event.format.height, 240);
		assert_true(event.format.rate == 25);
		for (uint64_t number = 1; number <= 50; number++) {
			camera_until(&c, &event, CAMERA_FRAME, NULL);
			assert_int_equal(event.frame.number, number);
			assert_true(llabs(event.frame.media_ms - ((int64_t)number - 1) * 40) <= 1);
		}
		camera_until(&c, &event, CAMERA_ENDED, seen);
		assert_int_equal(seen[CAMERA_FRAME], 0);
		/* Nothing comes after the end. */
		assert_int_equal(camera_next(&c, &event, 0, NULL), TANU_OK);
		assert_int_equal(event.kind, CAMERA_NOTHING);
		camera_close(&c);
	}
}

/* A plain red in both ranges and both matrices comes out red: 8 of 255 are allowed for codecs. */
static void colours_are_those_of_the_film(void **state)
{
	static const char *const ways[] = {
	    "-c:v libx264 -pix_fmt yuv420p",
	    "-vf scale=out_color_matrix=bt709 -colorspace bt709 -c:v libx264 -pix_fmt yuv420p",
	    "-c:v mjpeg -pix_fmt yuvj420p -q:v 2",
	};

	needs_ffmpeg();
	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		struct camera_event event;
		struct camera c = {0};
		const uint8_t *px;

		open_film(&c,
			  film(state, "red.mkv", "color=0xC83214:size=64x64:duration=0.2", ways[i]),
			  &every);
		camera_until(&c, &event, CAMERA_FRAME, NULL);
		px = event.frame.pixels.rgb + 32 * event.frame.pixels.stride + 3 * 32;
		assert_true(abs(px[0] - 0xC8) <= 8 && abs(px[1] - 0x32) <= 8 &&
			    abs(px[2] - 0x14) <= 8);
		camera_close(&c);
	}
}

static void a_live_film_shows_the_newest_frame_only(void **state)
{
	struct camera_event event;
	struct camera c = {0};
	uint64_t before;
	int frames = 0;

	needs_ffmpeg();
	open_film(&c, film(state, "a.mp4", PATTERN, "-c:v libx264"), NULL);
	camera_until(&c, &event, CAMERA_FRAME, NULL);
	before = event.frame.number;
	/* Nobody looks for a second. What went by in it is gone: one frame waits, or is just
	 * coming. */
	usleep(1000000);
	for (int i = 0; i < 20; i++) {
		assert_int_equal(camera_next(&c, &event, os_monotonic_ns() / 1000000, NULL),
				 TANU_OK);
		frames += event.kind == CAMERA_FRAME;
	}
	assert_in_range(frames, 0, 3);
	camera_until(&c, &event, CAMERA_FRAME, NULL);
	assert_true(event.frame.number > before);
	assert_true(event.frame.at_ms <= os_monotonic_ns() / 1000000);
	camera_close(&c);
}

static void a_looped_film_begins_again_and_its_time_goes_on(void **state)
{
	const struct camera_options loop = {.pace = CAMERA_EVERY, .loop = true};
	struct camera_event event;
	struct camera c = {0};

	needs_ffmpeg();
	open_film(&c, film(state, "a.mp4", PATTERN, "-c:v libx264"), &loop);
	for (uint64_t number = 1; number <= 120; number++) {
		camera_until(&c, &event, CAMERA_FRAME, NULL);
		assert_int_equal(event.frame.number, number);
		assert_true(llabs(event.frame.media_ms - ((int64_t)number - 1) * 40) <= 3);
	}
	camera_close(&c);
}

static void a_large_picture_is_scaled_down(void **state)
{
	const struct camera_options small = {
	    .pace = CAMERA_EVERY, .max_width = 640, .max_height = 480};
	struct camera_event event;
	struct camera c = {0};

	needs_ffmpeg();
	open_film(
	    &c,
	    film(state, "large.mp4", "testsrc2=size=1920x1080:rate=5:duration=1", "-c:v libx264"),
	    &small);
	camera_until(&c, &event, CAMERA_ONLINE, NULL);
	assert_int_equal(event.format.from_width, 1920);
	assert_int_equal(event.format.width, 640);
	assert_int_equal(event.format.height, 360);
	camera_until(&c, &event, CAMERA_FRAME, NULL);
	assert_int_equal(event.frame.pixels.width, 640);
	assert_int_equal(event.frame.pixels.height, 360);
	camera_close(&c);
}

/* The answer of camera_next to a source that cannot be shown. */
static void assert_fails(const char *path, tanu_error_code code)
{
	struct camera c = {0};
	struct camera_event event;
	tanu_error err = {0};
	int64_t end_ms = os_monotonic_ns() / 1000000 + PATIENCE_MS;

	open_film(&c, path, &every);
	while (os_monotonic_ns() / 1000000 < end_ms &&
	       camera_next(&c, &event, os_monotonic_ns() / 1000000, &err) == TANU_OK) {
		assert_int_not_equal(event.kind, CAMERA_FRAME);
		camera_wait(&c, 1000);
	}
	if (err.code != code)
		fail_msg("%s: %s", tanu_error_name(err.code), err.message);
	assert_string_equal(err.place, path);
	/* Once. */
	assert_int_equal(camera_next(&c, &event, end_ms, NULL), TANU_OK);
	assert_int_equal(event.kind, CAMERA_NOTHING);
	camera_close(&c);
}

static void what_is_no_film_fails_once_with_a_reason(void **state)
{
	const char *folder = scratch_path(state, "folder");

	file_write(scratch_path(state, "text.mp4"), "this is no film\n");
	assert_fails(scratch_path(state, "text.mp4"), TANU_ERR_FORMAT);
	file_write(scratch_path(state, "empty.mp4"), "");
	assert_fails(scratch_path(state, "empty.mp4"), TANU_ERR_FORMAT);
	os_make_dir(folder, 0700, NULL);
	assert_fails(folder, TANU_ERR_FORMAT);
	/* A playlist would open other files: it is not taken for a film. */
	file_write(scratch_path(state, "list.m3u8"),
		   "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n/etc/passwd\n#EXT-X-ENDLIST\n");
	assert_fails(scratch_path(state, "list.m3u8"), TANU_ERR_FORMAT);
	file_write(scratch_path(state, "list.txt"), "ffconcat version 1.0\nfile /etc/passwd\n");
	assert_fails(scratch_path(state, "list.txt"), TANU_ERR_FORMAT);
}

static void a_picture_beyond_any_camera_is_refused(void **state)
{
	needs_ffmpeg();
	assert_fails(
	    film(state, "huge.avi", "color=red:size=4480x2520:rate=1:duration=1", "-c:v mpeg4"),
	    TANU_ERR_FORMAT);
}

/* Cut in the middle, and with a byte changed here and there: some frames, an end, never a crash. */
static void a_damaged_film_ends_or_fails(void **state)
{
	struct buf whole = {0};
	const char *path;

	needs_ffmpeg();
	path = film(state, "a.ts", PATTERN, "-c:v libx264");
	assert_int_equal(os_read_file(&whole, path, 1 << 24, NULL), TANU_OK);
	for (int i = 0; i < 6; i++) {
		size_t len = i < 3 ? whole.len / 4 * (size_t)(i + 1) : whole.len;
		const char *copy = scratch_path(state, "copy.ts");
		struct camera_event event = {0};
		struct camera c = {0};
		tanu_status st = TANU_OK;
		int frames = 0;

		for (size_t k = 700; i >= 3 && k < len; k += 997)
			whole.data[k] ^= (uint8_t)((size_t)i * 37 + k);
		assert_int_equal(os_replace_file(copy, whole.data, len, 0600, NULL), TANU_OK);
		open_film(&c, copy, &every);
		while (st == TANU_OK && event.kind != CAMERA_ENDED) {
			st = camera_next(&c, &event, os_monotonic_ns() / 1000000, NULL);
			frames += event.kind == CAMERA_FRAME;
			camera_wait(&c, 100);
		}
		print_message("%zu bytes: %d frames\n", len, frames);
		assert_true(i >= 3 || frames > 0);
		camera_close(&c);
	}
	buf_free(&whole);
}

static void distances_come_through_as_they_are(void **state)
{
	const struct camera_options near = {.pace = CAMERA_EVERY, .depth = true},
				    small = {.pace = CAMERA_EVERY,
					     .depth = true,
					     .max_width = 96,
					     .max_height = 96};
	struct camera_event event;
	struct camera c = {0};
	const char *path;

	needs_ffmpeg();
	/* two planes, at 0x0258 and 0x1234 steps */
	path = film(state, "depth.mkv", "color=black:s=192x96:d=0.5:r=10",
		    "-vf 'format=gray16le,geq=lum=if(lt(X\\,96)\\,600\\,4660)' -c:v ffv1");
	for (int round = 0; round < 2; round++) {
		open_film(&c, path, round ? &small : &near);
		camera_until(&c, &event, CAMERA_FRAME, NULL);
		assert_int_equal(event.frame.pixels.width, round ? 96 : 192);
		for (int32_t x = 0; x < event.frame.pixels.width; x++) {
			const uint8_t *px = event.frame.pixels.rgb +
					    10 * event.frame.pixels.stride + (ptrdiff_t)3 * x;

			assert_int_equal(px[0] << 8 | px[1],
					 2 * x < event.frame.pixels.width ? 0x0258 : 0x1234);
			assert_int_equal(px[2], 0);
		}
		camera_close(&c);
	}
}

static void a_film_without_distances_is_refused_where_they_are_asked_for(void **state)
{
	const struct camera_options depth = {.pace = CAMERA_EVERY, .depth = true};
	struct camera_event event = {.kind = CAMERA_NOTHING};
	struct camera c = {0};
	tanu_error err = {0};
	tanu_status st = TANU_OK;
	int64_t end_ms = os_monotonic_ns() / 1000000 + PATIENCE_MS;

	assert_true(camera_open(&c, *state, &depth, &err) < 0); /* a folder */
	assert_int_equal(err.code, TANU_ERR_SETTING);
	needs_ffmpeg();
	open_film(
	    &c,
	    film(state, "plain.mkv", "testsrc2=s=192x96:d=0.5:r=10", "-pix_fmt yuv420p -c:v ffv1"),
	    &depth);
	while (st == TANU_OK && os_monotonic_ns() / 1000000 < end_ms) {
		st = camera_next(&c, &event, os_monotonic_ns() / 1000000, &err);
		assert_int_not_equal(event.kind, CAMERA_FRAME);
		camera_wait(&c, 100);
	}
	assert_true(st < 0);
	assert_int_equal(err.code, TANU_ERR_FORMAT);
	assert_non_null(strstr(err.message, "distances"));
	camera_close(&c);
}

static void a_folder_of_pictures_is_a_film(void **state)
{
	struct camera_event event;
	struct camera c = {0};
	char command[700];

	needs_ffmpeg();
	snprintf(
	    command, sizeof(command),
	    "ffmpeg -nostdin -loglevel error -f lavfi -i testsrc2=size=96x64:rate=10:duration=1 "
	    "%s/p%%03d.jpg </dev/null",
	    (const char *)*state);
	assert_int_equal(system(command), 0);
	file_write(scratch_path(state, "p0005.jpg"), "damaged: left out");
	file_write(scratch_path(state, "notes.txt"), "no picture");
	open_film(&c, *state, &every);
	camera_until(&c, &event, CAMERA_ONLINE, NULL);
	assert_string_equal(event.format.container, "folder");
	assert_int_equal(event.format.width, 96);
	for (uint64_t number = 1; number <= 10; number++) {
		camera_until(&c, &event, CAMERA_FRAME, NULL);
		assert_int_equal(event.frame.number, number);
		assert_int_equal(event.frame.pixels.width, 96);
	}
	camera_until(&c, &event, CAMERA_ENDED, NULL);
	camera_close(&c);
}

static void a_source_that_cannot_be_is_refused_at_once(void **state)
{
	static const struct {
		const char *source;
		tanu_error_code code;
	} bad[] = {
	    {"/nonexistent/film.mp4", TANU_ERR_FILE_MISSING},
	    {"https://camera.example/", TANU_ERR_SETTING},
	    {"file:///etc/passwd", TANU_ERR_SETTING},
	    {"rtsp://", TANU_ERR_SETTING},
	    {"rtsp:///path", TANU_ERR_SETTING},
	    {"rtsp://host/a b", TANU_ERR_SETTING},
	};
	const struct camera_options wide = {.max_width = 5000};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct camera c = {0};
		tanu_error err = {0};

		assert_true(camera_open(&c, bad[i].source, NULL, &err) < 0);
		assert_int_equal(err.code, bad[i].code);
		assert_null(c.ops);
	}
	assert_int_equal(camera_open(&(struct camera){0}, "/dev/video9", &wide, NULL), TANU_USAGE);
}

static void a_name_and_password_are_not_told(void **state)
{
	static const char *const of[][2] = {
	    {"rtsp://eye:secret@192.0.2.3:554/a", "rtsp://192.0.2.3:554/a"},
	    {"rtsp://eye:sec@ret@192.0.2.3/a?token=9", "rtsp://192.0.2.3/a"},
	    {"http://192.0.2.3/a@b", "http://192.0.2.3/a@b"},
	    {"film.mp4", "film.mp4"},
	};
	char name[CAMERA_NAME_LEN];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(of); i++) {
		camera_name(name, of[i][0]);
		assert_string_equal(name, of[i][1]);
	}
}

static void a_device_that_is_not_there_is_waited_for(void **state)
{
	struct camera_event event;
	struct camera c = {0};

	(void)state;
	open_film(&c, "/dev/video-not-there", NULL);
	camera_until(&c, &event, CAMERA_OFFLINE, NULL);
	assert_non_null(strstr(event.why, "does not open"));
	camera_close(&c);
}

/* ---- black, covered, frozen ---- */

/* What is told of a film, in order. */
static void troubles_of(void **state, const char *from, const char *how, char *told, size_t room)
{
	struct camera_event event;
	struct camera c = {0};

	open_film(&c, film(state, "film.mkv", from, how), &every);
	told[0] = '\0';
	do {
		assert_int_equal(camera_next(&c, &event, os_monotonic_ns() / 1000000, NULL),
				 TANU_OK);
		if (event.kind == CAMERA_TROUBLE)
			snprintf(told + strlen(told), room - strlen(told), "%s ",
				 camera_trouble_word(event.trouble));
		if (event.kind == CAMERA_NOTHING)
			camera_wait(&c, 1000);
	} while (event.kind != CAMERA_ENDED);
	camera_close(&c);
}

/* Memory is mounted below /dev; what is not there yet may be plugged in. */
static void memory_is_no_device(void **state)
{
	char dir[] = "/dev/shm/tanu-camera-XXXXXX", film[64];

	(void)state;
	assert_true(camera_is_device("/dev/video9"));
	assert_true(camera_is_device("/dev/null"));
	assert_false(camera_is_device("film.mkv"));
	if (!mkdtemp(dir)) {
		print_message("/dev/shm can't be written here\n");
		skip();
	}
	snprintf(film, sizeof(film), "%s/film.mkv", dir);
	assert_true(camera_is_device(film));
	assert_int_equal(os_replace_file(film, "x", 1, 0600, NULL), TANU_OK);
	assert_false(camera_is_device(film));
	assert_false(camera_is_device(dir));
	unlink(film);
	rmdir(dir);
}

static void notices_what_is_wrong_with_the_picture(void **state)
{
	static const struct {
		const char *from, *how, *told;
	} films[] = {
	    /* A pattern that moves, and a still one with the noise of a sensor. */
	    {"testsrc2=size=320x240:rate=10:duration=15", "-c:v ffv1", ""},
	    {"smptebars=size=320x240:rate=10:duration=15", "-vf noise=alls=8:allf=t -c:v ffv1", ""},
	    /* A dark sensor with its noise; an even blot with noise; the same picture for 15 s. */
	    {"color=black:size=320x240:rate=10:duration=4", "-vf noise=alls=12:allf=t -c:v ffv1",
	     "black "},
	    {"color=0x402018:size=320x240:rate=10:duration=4", "-vf noise=alls=8:allf=t -c:v ffv1",
	     "covered "},
	    {"smptebars=size=320x240:rate=10:duration=15", "-c:v ffv1", "frozen "},
	};
	char told[200];

	needs_ffmpeg();
	for (size_t i = 0; i < ARRAY_LEN(films); i++) {
		troubles_of(state, films[i].from, films[i].how, told, sizeof(told));
		if (strcmp(told, films[i].told) != 0)
			fail_msg("%s: \"%s\" instead of \"%s\"", films[i].from, told,
				 films[i].told);
	}
}

static void says_when_it_is_over(void **state)
{
	char told[200];

	needs_ffmpeg();
	/* Two seconds of pattern, two covered by a dark even box, and the pattern again. */
	troubles_of(state, "testsrc2=size=320x240:rate=10:duration=6",
		    "-vf \"drawbox=color=0x201008:t=fill:enable='between(t,2,4)',noise=alls=6:allf="
		    "t\" -c:v ffv1",
		    told, sizeof(told));
	assert_string_equal(told, "covered none ");
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    IN_SCRATCH(shows_each_frame_of_a_film_once),
	    IN_SCRATCH(colours_are_those_of_the_film),
	    IN_SCRATCH(a_live_film_shows_the_newest_frame_only),
	    IN_SCRATCH(a_looped_film_begins_again_and_its_time_goes_on),
	    IN_SCRATCH(a_large_picture_is_scaled_down),
	    IN_SCRATCH(what_is_no_film_fails_once_with_a_reason),
	    IN_SCRATCH(a_picture_beyond_any_camera_is_refused),
	    IN_SCRATCH(a_damaged_film_ends_or_fails),
	    IN_SCRATCH(a_folder_of_pictures_is_a_film),
	    IN_SCRATCH(distances_come_through_as_they_are),
	    IN_SCRATCH(a_film_without_distances_is_refused_where_they_are_asked_for),
	    IN_SCRATCH(a_source_that_cannot_be_is_refused_at_once),
	    IN_SCRATCH(a_name_and_password_are_not_told),
	    IN_SCRATCH(a_device_that_is_not_there_is_waited_for),
	    cmocka_unit_test(memory_is_no_device),
	    IN_SCRATCH(notices_what_is_wrong_with_the_picture),
	    IN_SCRATCH(says_when_it_is_over),
	};

	return cmocka_run_group_tests_name("device/camera", tests, NULL, NULL);
}
