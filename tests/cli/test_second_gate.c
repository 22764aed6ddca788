/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A second camera at the gate's program, which is shut in as it is at a door: a photograph before
 * both, which infrared sees as blank paper. The attack is refused, told to the site by the part
 * that saw it, and nobody stands in the log.
 */
#include "cli/program.h"

#include <sys/stat.h>

/* $1: where memory is; $2: the program; $3: whose card. */
static const char script[] =
    "set -eu\n"
    "root=$1; tanu=$2; gate=$(dirname \"$tanu\")/tanu-gate; who=$3\n"
    "at() { i=0; while [ $i -lt 90 ]; do eval \"$1\" >/dev/null 2>&1 && return\n"
    "  i=$((i + 1)); sleep 0.5; done; return 1; }\n"
    "printf 8391 | \"$tanu\" card pin $who --pin - >/dev/null\n"
    "\"$tanu\" card add $who 26:12:1001 >/dev/null\n"
    "printf 'all 00:00-24:00 card+face card+pin\\n' >hours\n"
    "\"$tanu\" zone set main hours >/dev/null\n"
    "code=$(\"$tanu\" gate add north --json | sed 's/.*\"code\":\"\\([0-9A-Z-]*\\)\".*/\\1/')\n"
    "cat >gate.ini <<END\n"
    "[gate]\nsocket = $root/view.sock\n[state]\ndir = $root/state\n[run]\ndir = $root/run\n"
    "[clock]\nbattery = yes\n[door]\ndriver = sim\nscript = $root/script\n"
    "[reader1]\ndriver = sim\n[camera]\nsource = $PWD/film\n"
    "[infrared]\nsource = $PWD/paper\nEND\n"
    "printf '6000 card 26 0601f480\\n' >$root/script\n"
    "\"$gate\" --config gate.ini pair --code $code --request q >/dev/null\n"
    "\"$tanu\" gate pair q --out a >/dev/null\n"
    "\"$gate\" --config gate.ini pair --code $code --reply a >/dev/null\n"
    "\"$tanu\" gate lease north --out l --keys k --hours 2 >/dev/null\n"
    "\"$gate\" --config gate.ini lease l --keys k >/dev/null 2>&1\n"
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
	char who[ID_HEX_LEN], root[] = "/dev/shm/tanu-second-XXXXXX", command[512];
	const char *program = getenv("TANU_PROGRAM");
	struct outcome o = {0};
	int rc;

	(void)state;
	if (!program || !os_is_memory("/dev/shm"))
		skip();
	assert_non_null(mkdtemp(root));
	site_make();
	site_settings("");
	site_add(who, "Man", ADULT_BORN);
	site_consent(who, "access");
	RUN(&o, 0, "enrol", who, "man-0.jpg", "man-1.jpg");
	file_write_text("walk.sh", script);
	snprintf(command, sizeof(command), "sh -x walk.sh %s %s %s 2>trace", root, program, who);
	rc = system(command);
	if (rc != 0)
		rc = system("tail -n 8 trace log checked listed") ? 2 : 1;
	snprintf(command, sizeof(command), "rm -rf %s", root);
	assert_int_equal(system(command), 0);
	assert_int_equal(rc, 0);
	outcome_done(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_infrared_sees_as_paper_is_refused_by_the_program),
	};

	return cmocka_run_group_tests_name("cli/second_gate", tests, cut_photos, remove_photos);
}
