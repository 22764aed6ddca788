/* SPDX-License-Identifier: Apache-2.0 */
/* The programs as an operator uses them: init, card, gate, pairing by files, lease, a door, events.
 */
#include "service/site.h"

#include <unistd.h>

static const char by_files[] =
    "set -eu\n"
    "cd \"$1\"; tanu=$2; gate=$(dirname \"$2\")/tanu-gate; export TANU_DATA=\"$1/site\"\n"
    "id() { sed 's/.*\"id\":\"\\([0-9a-f]*\\)\".*/\\1/'; }\n"
    "\"$tanu\" init site --site School >/dev/null\n"
    "who=$(\"$tanu\" subject add --name Aigerim --born 1990-01-01 --json | id)\n"
    "\"$tanu\" card add $who 26:12:34567 >/dev/null\n"
    "printf 8391 | \"$tanu\" card pin $who --pin - >/dev/null\n"
    "code=$(\"$tanu\" gate add north --json | sed 's/.*\"code\":\"\\([0-9A-Z-]*\\)\".*/\\1/')\n"
    "printf '0 walk 200 300\\n300 card 26 864383c0\\n600 key 8391#\\n' >script\n"
    "printf '[gate]\\nsocket = %s/view.sock\\n[state]\\ndir = %s/state\\n[run]\\ndir = %s/run\\n"
    "[clock]\\nbattery = yes\\n[door]\\ndriver = sim\\nscript = %s/script\\n[reader1]\\ndriver = "
    "sim\\n' "
    "\"$1\" \"$1\" \"$1\" \"$1\" >gate.ini\n"
    "\"$gate\" --config gate.ini pair --code $code --request request.bin >/dev/null\n"
    "\"$tanu\" gate pair request.bin --out reply.bin >/dev/null\n"
    "\"$gate\" --config gate.ini pair --code $code --reply reply.bin >/dev/null\n"
    "\"$tanu\" gate lease north --out lease.bin --keys lease.keys --hours 2 >/dev/null\n"
    "\"$gate\" --config gate.ini lease lease.bin --keys lease.keys >/dev/null 2>&1\n"
    "\"$gate\" --config gate.ini --picture run >picture 2>log & pid=$!\n"
    "for i in 1 2 3 4 5 6 7 8 9 10; do sleep 1; grep -q passed picture && break; done\n"
    "\"$tanu\" gate view --socket \"$1/view.sock\" --once | grep -q 'lease valid'\n"
    "kill $pid; wait $pid\n"
    "grep -q 'come in' picture\n"
    "grep -q passed picture\n"
    "\"$gate\" --config gate.ini events --out events.bin >/dev/null 2>&1\n"
    "\"$tanu\" gate events events.bin >/dev/null\n"
    "\"$tanu\" gate events events.bin | grep -q 'Taken in: 0'\n"
    "\"$tanu\" gate list | grep -q 'let in 1, not let in 0, embeddings 0, permits 0'\n"
    "\"$tanu\" history $who | grep -q admitted\n"
    "\"$tanu\" gate revoke north >/dev/null\n"
    "! \"$tanu\" gate events events.bin 2>/dev/null\n"
    "! grep -rq 8391 site state\n"
    "no() { want=$1; shift; ! \"$tanu\" \"$@\" >said 2>&1 && grep -q -e \"$want\" said; }\n"
    "no 'whose?' gate erased\n"
    "no 'the one or the other' gate erased $who --receipt end\n"
    "no '--out FILE is needed' gate erased --receipt end\n"
    "echo something >end\n"
    "no 'end: .*no receipt' gate erased --receipt end --out end2\n"
    "\"$tanu\" consent withdraw $who --receipt end.tanu-receipt >/dev/null\n"
    "\"$tanu\" gate erased --receipt end.tanu-receipt --out end2 | grep -q 'names no gate'\n"
    "! [ -e end2 ]\n";

/* The same over the network: tanud has the folder and answers the gate, and tanu borrows it. */
static const char served[] =
    "set -eu\n"
    "cd \"$1\"; root=$1; tanu=$2; bin=$(dirname \"$2\"); export TANU_DATA=\"$1/site\"\n"
    "id() { sed 's/.*\"id\":\"\\([0-9a-f]*\\)\".*/\\1/'; }\n"
    "at() { for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do\n"
    "  eval \"$1\" >/dev/null 2>&1 && return; sleep 1; done; return 1; }\n"
    "\"$tanu\" init site --site School >/dev/null\n"
    "who=$(\"$tanu\" subject add --name Aigerim --born 1990-01-01 --json | id)\n"
    "\"$tanu\" card add $who 26:12:34567 >/dev/null\n"
    "printf 8391 | \"$tanu\" card pin $who --pin - >/dev/null\n"
    "code=$(\"$tanu\" gate add north --json | sed 's/.*\"code\":\"\\([0-9A-Z-]*\\)\".*/\\1/')\n"
    "\"$bin/tanud\" --data site --listen 127.0.0.1:0 --gates 127.0.0.1:0 2>served & tanud=$!\n"
    "trap 'kill $tanud 2>/dev/null || true' EXIT\n"
    "at 'grep -q \"gates are answered\" served'\n"
    "site=$(sed -n 's/.*gates are answered at //p' served)\n"
    "printf '0 walk 200 300\\n9000 card 26 864383c0\\n9300 key 8391#\\n' >script\n"
    "printf '[gate]\\nsocket = %s/view.sock\\n[state]\\ndir = %s/state\\n[run]\\ndir = %s/run\\n"
    "[door]\\ndriver = sim\\nscript = %s/script\\n[reader1]\\ndriver = sim\\n[link]\\nurl = %s\\n' "
    "\"$1\" \"$1\" \"$1\" \"$1\" $site >gate.ini\n"
    "\"$bin/tanu-gate\" --config gate.ini pair --code $code --site $site >/dev/null\n"
    "\"$bin/tanu-gate\" --config gate.ini --picture run >picture 2>log & gate=$!\n"
    "at '\"$tanu\" gate view --socket $root/view.sock --once | grep \"lease valid\"'\n"
    "at 'grep passed picture'\n"
    "at '\"$tanu\" history $who | grep admitted'\n"
    "\"$tanu\" gate list | grep -q 'let in 1, not let in 0'\n"
    "\"$tanu\" gate view --socket $root/view.sock --say ticket >shown\n"
    "\"$tanu\" gate screen --socket $root/view.sock --once >screen\n"
    "grep -q '\u2588\u2588\u2588\u2588\u2588' screen\n"
    "sed -n '/^tanu gate use 1/,$p' shown >ticket\n"
    "\"$tanu\" gate ticket ticket >told; grep -q 'Signed by gate \"north\"' told\n"
    "grep -q 'stands in her history' told\n"
    "key=$(\"$tanu\" log show site --json |"
    " grep -o 'gate-[0-9a-f]*+[0-9a-f]*+[A-Za-z0-9+/=]*' | head -n 1)\n"
    "\"$tanu\" gate ticket ticket --key $key | grep -q 'Signed by this key'\n"
    "sed 's/admitted/not-admitted/' ticket >changed\n"
    "! \"$tanu\" gate ticket changed >/dev/null 2>&1\n"
    "! \"$tanu\" gate ticket changed --key $key >/dev/null 2>&1\n"
    "! \"$tanu\" gate ticket gate.ini >/dev/null 2>&1\n"
    "grep -q 'the folder is back' served\n"
    "kill $gate; wait $gate\n"
    "kill $tanud; wait $tanud\n";

static void walk(const char *script)
{
	char root[] = "/dev/shm/tanu-walk-XXXXXX", command[512], path[64];
	const char *program = getenv("TANU_PROGRAM");
	FILE *file;
	int rc;

	if (!program || !os_is_memory("/dev/shm"))
		skip();
	assert_non_null(mkdtemp(root));
	snprintf(path, sizeof(path), "%s/walk.sh", root);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(script, file);
	fclose(file);
	snprintf(command, sizeof(command), "sh -x %s %s %s 2>%s/trace", path, root, program, root);
	rc = system(command);
	if (rc != 0) {
		snprintf(command, sizeof(command), "tail -n 5 %s/trace %s/log", root, root);
		rc = system(command) ? 2 : 1;
	}
	site_remove_tree(root);
	assert_int_equal(rc, 0);
}

static void a_site_lends_and_a_door_opens(void **state)
{
	(void)state;
	walk(by_files);
}

static void a_server_lends_and_a_door_opens(void **state)
{
	(void)state;
	walk(served);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_site_lends_and_a_door_opens),
	    cmocka_unit_test(a_server_lends_and_a_door_opens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
