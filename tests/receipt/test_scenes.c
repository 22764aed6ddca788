/* SPDX-License-Identifier: Apache-2.0 */
/* Every scene is judged as its row says. */
#include "receipt/scenes.h"

/* Words of the findings, each once, in order. */
static void words_of(char out[512], const tanu_report *report)
{
	tanu_finding_code last = TANU_FINDING_NONE;

	*out = '\0';
	for (size_t i = 0; i < report->findings_len; i++) {
		if (report->findings[i].code == last)
			continue;
		last = report->findings[i].code;
		if (*out)
			strcat(out, " ");
		strcat(out, tanu_finding_name(last));
	}
}

static bool as_written(const struct scene_row *row)
{
	struct scene scene;
	tanu_report *report = NULL;
	tanu_error err = {0};
	char words[512];
	bool good;

	scene_open(&scene, row);
	if (scene_report(&report, &scene, &err) < 0)
		fail_msg("%s: %s: %s", row->name, err.place, err.message);
	words_of(words, report);
	good = strcmp(words, row->findings) == 0 &&
	       strcmp(tanu_verdict_name(report->verdict), row->verdict) == 0;
	if (!good)
		print_message("%s: %s [%s], expected %s [%s]\n", row->name,
			      tanu_verdict_name(report->verdict), words, row->verdict,
			      row->findings);
	tanu_report_free(&report);
	scene_close(&scene);
	return good;
}

static void every_scene_is_judged_as_written(void **state)
{
	size_t wrong = 0;

	(void)state;
	for (size_t i = 0; i < scene_rows_len; i++)
		wrong += !as_written(&scene_rows[i]);
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_scene_is_judged_as_written),
	};

	return cmocka_run_group_tests_name("receipt/scenes", tests, NULL, NULL);
}
