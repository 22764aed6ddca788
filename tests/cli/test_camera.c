/* SPDX-License-Identifier: Apache-2.0 */
/* `tanu camera` on films made for it. */
#include "cli/program.h"

static int enter(void **state)
{
	(void)state;
	folder_enter();
	return 0;
}

static int leave(void **state)
{
	(void)state;
	folder_leave();
	return 0;
}

static void make_film(const char *name, const char *from)
{
	char command[300];

	if (system("ffmpeg -version >/dev/null 2>&1") != 0) {
		print_message("ffmpeg is not here to make films with: skipped\n");
		skip();
	}
	snprintf(command, sizeof(command),
		 "ffmpeg -nostdin -loglevel error -f lavfi -i %s -c:v ffv1 %s", from, name);
	assert_int_equal(system(command), 0);
}

static void probe_tells_format_rate_and_latency(void **state)
{
	struct outcome o = {0};

	(void)state;
	make_film("a.mkv", "testsrc2=size=320x240:rate=10:duration=1");
	RUN_JSON(&o, 0, "camera", "probe", "a.mkv");
	assert_string_equal(answer_text(&o, "codec"), "ffv1");
	assert_true(answer_number(&o, "width") == 320 && answer_number(&o, "stated_rate") == 10);
	assert_true(answer_number(&o, "frames_taken") >= 1);
	assert_string_equal(answer_text(&o, "trouble"), "none");
	RUN(&o, 0, "camera", "probe", "a.mkv", "--seconds", "0.3");
	assert_contains(o.out, "ffv1 in matroska,webm, 320 x 240 px");
	outcome_done(&o);
}

static void probe_says_what_is_wrong_with_the_picture(void **state)
{
	struct outcome o = {0};

	(void)state;
	make_film("dark.mkv", "color=black:size=320x240:rate=10:duration=2");
	RUN_JSON(&o, 1, "camera", "probe", "dark.mkv");
	assert_string_equal(answer_text(&o, "trouble"), "black");
	outcome_done(&o);
}

static void probe_keeps_a_password_to_itself(void **state)
{
	struct outcome o = {0};

	(void)state;
	RUN(&o, 2, "camera", "probe", "https://eye:secret@127.0.0.1/");
	assert_lacks(o.err, "secret");
	RUN_JSON(&o, 4, "camera", "probe", "none.mp4");
	assert_string_equal(answer_error_code(&o), "file-missing");
	outcome_done(&o);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, enter, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    IN_FOLDER(probe_tells_format_rate_and_latency),
	    IN_FOLDER(probe_says_what_is_wrong_with_the_picture),
	    IN_FOLDER(probe_keeps_a_password_to_itself),
	};

	return cmocka_run_group_tests_name("cli/camera", tests, NULL, NULL);
}
