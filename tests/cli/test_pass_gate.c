/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A pass printed by the site and held before the camera of the gate's program, which is shut in as
 * it is at a door. The camera is a folder with the picture of the card; nobody living is before it,
 * so the face in it opens nothing and the PIN does.
 */
#include "cli/program.h"

#include <sys/stat.h>

/* $1: where memory is; $2, $3: folders of programs; $4: whose pass. */
static const char script[] =
    "set -eu\n"
    "root=$1; tanu=$2; gate=$(dirname \"$tanu\")/tanu-gate; who=$3\n"
    "at() { i=0; while [ $i -lt 90 ]; do eval \"$1\" >/dev/null 2>&1 && return\n"
    "  i=$((i + 1)); sleep 0.5; done; return 1; }\n"
    "printf 8391 | \"$tanu\" card pin $who --pin - >/dev/null\n"
    "printf 'all 00:00-24:00 pass+face pass+pin\\n' >hours\n"
    "\"$tanu\" zone set main hours >/dev/null\n"
    "code=$(\"$tanu\" gate add north --json | sed 's/.*\"code\":\"\\([0-9A-Z-]*\\)\".*/\\1/')\n"
    "mkdir frames; cp pass.png frames/1.png; cp pass.png frames/2.png\n"
    "cat >gate.ini <<END\n"
    "[gate]\nsocket = $root/view.sock\n[state]\ndir = $root/state\n[run]\ndir = $root/run\n"
    "[clock]\nbattery = yes\n[door]\ndriver = sim\nscript = $root/script\n"
    "[reader1]\ndriver = camera\n[camera]\nsource = $PWD/frames\n[look]\nms = 1500\nEND\n"
    "printf '0 walk 200 300\\n' >$root/script\n"
    "\"$gate\" --config gate.ini pair --code $code --request q >/dev/null\n"
    "\"$tanu\" gate pair q --out a >/dev/null\n"
    "\"$gate\" --config gate.ini pair --code $code --reply a >/dev/null\n"
    "\"$tanu\" gate lease north --out l --keys k --hours 2 >/dev/null\n"
    "\"$gate\" --config gate.ini lease l --keys k >/dev/null 2>&1\n"
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
	char who[ID_HEX_LEN], root[] = "/dev/shm/tanu-pass-XXXXXX", command[512];
	const char *program = getenv("TANU_PROGRAM");
	struct outcome o = {0};
	int rc;

	(void)state;
	if (!program || !os_is_memory("/dev/shm"))
		skip();
	assert_non_null(mkdtemp(root));
	site_make();
	site_settings("[storage]\nmode = pass\n");
	site_add(who, "Man", ADULT_BORN);
	site_consent(who, "access");
	RUN(&o, 0, "pass", "issue", who, "man-0.jpg", "man-1.jpg", "--out", "pass.pdf", "--png");
	file_write_text("walk.sh", script);
	snprintf(command, sizeof(command), "sh -x walk.sh %s %s %s 2>trace", root, program, who);
	rc = system(command);
	if (rc != 0)
		rc = system("tail -n 8 trace log checked") ? 2 : 1;
	snprintf(command, sizeof(command), "rm -rf %s", root);
	assert_int_equal(system(command), 0);
	assert_int_equal(rc, 0);
	outcome_done(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_pass_before_the_gates_camera_is_a_claim),
	};

	return cmocka_run_group_tests_name("cli/pass_gate", tests, cut_photos, remove_photos);
}
