/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A pass printed by the site and held before the camera of the gate's program, which is shut in as
 * it is at a door. The camera is a folder with the picture of the card; nobody living is before it,
 * so the face in it opens nothing and the PIN does.
 */
#include "cli/program.h"

/* $1: where memory is; $2, $3: folders of programs; $4: whose pass. */
static const char script[] = WALK_BEGIN
    "printf 8391 | \"$tanu\" card pin $who --pin - >/dev/null\n"
    "printf 'all 00:00-24:00 pass+face pass+pin\\n' >hours\n"
    "\"$tanu\" zone set main hours >/dev/null\n"
    "mkdir frames; cp pass.png frames/1.png; cp pass.png frames/2.png\n"
    "cat >gate.ini <<END\n"
    "[gate]\nsocket = $root/view.sock\n[state]\ndir = $root/state\n[run]\ndir = $root/run\n"
    "[clock]\nbattery = yes\n[door]\ndriver = sim\nscript = $root/script\n"
    "[reader1]\ndriver = camera\n[camera]\nsource = $PWD/frames\n[look]\nms = 1500\nEND\n"
    "printf '0 walk 200 300\\n' >$root/script\n" WALK_PAIR
    "\"$gate\" --config gate.ini check >checked 2>log || { cat checked log; exit 1; }\n"
    "grep -q 'readers *ok *1 of 1' checked\n"
    "grep -q 'pictures a second' checked\n"
    "\"$gate\" --config gate.ini run 2>log & pid=$!\n"
    "trap 'kill $pid 2>/dev/null || true' EXIT\n"
    "at '\"$tanu\" gate view --socket $root/view.sock --once | grep -E \"visit "
    "(pin|guard|assist)\"'\n"
    "kill $pid; wait $pid\n"
    "trap - EXIT\n"
    "grep -q 'system calls limited' log\n"
    "! grep -q 'reader front' log\n"
    "\"$gate\" --config gate.ini events --out events >/dev/null 2>&1\n"
    "\"$tanu\" gate events events >/dev/null\n"
    "\"$tanu\" gate list | grep -q 'let in 0'\n"
    "! grep -rq \"$who\" log\n";

static int cut_photos(void **state)
{
	(void)state;
	folder_enter();
	photos_write(6);
	return 0;
}

static int remove_photos(void **state)
{
	(void)state;
	folder_leave();
	return 0;
}

static void a_pass_before_the_gates_camera_is_a_claim(void **state)
{
	char who[ID_HEX_LEN];
	struct outcome o = {0};

	(void)state;
	site_make();
	site_settings("[storage]\nmode = pass\n");
	site_add(who, "Man", ADULT_BORN);
	site_consent(who, "access");
	RUN(&o, 0, "pass", "issue", who, "man-0.jpg", "man-1.jpg", "--out", "pass.pdf", "--png");
	walk_must(script, who, "trace log checked");
	outcome_done(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_pass_before_the_gates_camera_is_a_claim),
	};

	return cmocka_run_group_tests_name("cli/pass_gate", tests, cut_photos, remove_photos);
}
