/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A second camera at the gate's program, which is shut in as it is at a door: a photograph before
 * both, which infrared sees as blank paper. The attack is refused, told to the site by the part
 * that saw it, and nobody stands in the log.
 */
#include "cli/program.h"

/* $1: where memory is; $2: the program; $3: whose card. */
static const char script[] = WALK_BEGIN
    "printf 8391 | \"$tanu\" card pin $who --pin - >/dev/null\n"
    "\"$tanu\" card add $who 26:12:1001 >/dev/null\n"
    "printf 'all 00:00-24:00 card+face card+pin\\n' >hours\n"
    "\"$tanu\" zone set main hours >/dev/null\n"
    "cat >gate.ini <<END\n"
    "[gate]\nsocket = $root/view.sock\n[state]\ndir = $root/state\n[run]\ndir = $root/run\n"
    "[clock]\nbattery = yes\n[door]\ndriver = sim\nscript = $root/script\n"
    "[reader1]\ndriver = sim\n[camera]\nsource = $PWD/film\n"
    "[infrared]\nsource = $PWD/paper\nEND\n"
    "printf '6000 card 26 0601f480\\n' >$root/script\n" WALK_PAIR
    "\"$gate\" --config gate.ini check >checked 2>log || { cat checked log; exit 1; }\n"
    "grep -q 'infrared *LOOK *no face where the camera sees one' checked\n"
    "sed -i 's/paper/skin/' gate.ini\n"
    "\"$gate\" --config gate.ini check >checked 2>log\n"
    "grep -q 'infrared *ok *a face, ' checked\n"
    "sed -i 's/skin/paper/' gate.ini\n"
    "\"$gate\" --config gate.ini run 2>log & pid=$!\n"
    "trap 'kill $pid 2>/dev/null || true' EXIT\n"
    "at 'grep -q \"face: attack by\" log'\n"
    "\"$tanu\" gate view --socket $root/view.sock --once | grep -q 'camera on infrared on'\n"
    "sleep 1; kill $pid; wait $pid\n"
    "trap - EXIT\n"
    "grep -q 'system calls limited' log\n"
    "grep -q 'infrared 0.00 -2.0' log\n"
    "\"$gate\" --config gate.ini events --out events >/dev/null 2>&1\n"
    "\"$tanu\" gate events events >/dev/null\n"
    "\"$tanu\" gate list >listed\n"
    "grep -q 'let in 0' listed\n"
    "grep -q 'attack-' listed\n"
    "grep -q 'infrared-on' listed\n"
    "! grep -rq \"$who\" log\n";

static int cut_photos(void **state)
{
	(void)state;
	folder_enter();
	photos_write(2);
	films_write("man-0.jpg", 40);
	return 0;
}

static int remove_photos(void **state)
{
	(void)state;
	folder_leave();
	return 0;
}

static void what_infrared_sees_as_paper_is_refused_by_the_program(void **state)
{
	char who[ID_HEX_LEN];
	struct outcome o = {0};

	(void)state;
	site_make();
	site_settings("");
	site_add(who, "Man", ADULT_BORN);
	site_consent(who, "access");
	RUN(&o, 0, "enrol", who, "man-0.jpg", "man-1.jpg");
	walk_must(script, who, "trace log checked listed");
	outcome_done(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_infrared_sees_as_paper_is_refused_by_the_program),
	};

	return cmocka_run_group_tests_name("cli/second_gate", tests, cut_photos, remove_photos);
}
