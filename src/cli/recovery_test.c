/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/recovery.h"
#include "cli/verbs.h"

static tanu_status begin(struct run *run, tanu_error *err)
{
	const char *path = args_get(&run->args, "out");
	struct buf text = {0};
	tanu_status st = service_recovery_challenge(run->service, &text, err);

	if (st == TANU_OK && path)
		st = os_replace_file(path, text.data, text.len, 0600, err);
	if (st == TANU_OK) {
		if (path)
			say(run, "Give this file to the holder of the recovery key. ");
		else
			say(run, "%s\nGive these four lines to the holder of the recovery key. ",
			    buf_cstr(&text));
		say(run,
		    "She types:\n  tanu recovery answer FILE --recovery-key HERS\nand tells you "
		    "the answer; then type:\n  tanu recovery test --answer ANSWER\n");
		jw_lines(&run->jw, "challenge", &text);
		jw_null(&run->jw, "opens");
	}
	buf_free(&text);
	return st;
}

static tanu_status recovery_test(struct run *run, tanu_error *err)
{
	const char *answer = args_get(&run->args, "answer");
	tanu_status st = run_site(run, err);

	if (st < 0)
		return st;
	if (!answer)
		return begin(run, err);
	if ((st = service_recovery_check(run->service, answer, err)) < 0)
		return st;
	say(run, "The holder's half opens what the site seals.\n");
	jw_null(&run->jw, "challenge");
	jw_bool(&run->jw, "opens", true);
	return TANU_OK;
}

const struct verb verb_recovery_test = {
    .group = "recovery",
    .action = "test",
    .flags = VERB_SITE,
    .brief = "See whether the holder's half of the recovery key opens",
    .about =
	"Without --answer it prints four lines that only the holder's half opens. She answers "
	"with \"tanu recovery answer\" on her own machine; her half never comes to the site. With "
	"--answer the answer is compared, and the day is remembered. To be done once a year, and "
	"after the key was turned.",
    .example = "tanu recovery test --answer 7KQ2-M0ZP-4TXA-91CD",
    .options = {{"answer", VALUE_WORD, "ANSWER", NULL, false, "What the holder has answered"},
		{"out", VALUE_FILE, "FILE", NULL, false, "Write the four lines into a file"}},
    .fields = {{"challenge", "lines for the holder; null when an answer was given"},
	       {"opens", "true: the answer is right; null: none was given"}},
    .run = recovery_test,
};
