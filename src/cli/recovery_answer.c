/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/recovery.h"
#include "cli/verbs.h"

#define CHALLENGE_MAX 1024

static tanu_status recovery_answer(struct run *run, tanu_error *err)
{
	const char *key = args_get(&run->args, "recovery-key");
	char answer[RECOVERY_ANSWER_LEN];
	struct holder_file holder = {0};
	struct buf challenge = {0};
	tanu_status st;

	if ((st = os_read_file(&challenge, run->args.operands[0], CHALLENGE_MAX, err)) == TANU_OK &&
	    (st = holder_read(&holder, key, err)) == TANU_OK)
		st = service_recovery_answer(answer, buf_cstr(&challenge), holder.code, err);
	if (st == TANU_OK) {
		say(run, "%.4s-%.4s-%.4s-%.4s\n", answer, answer + 4, answer + 8, answer + 12);
		jw_text(&run->jw, "answer", answer);
	}
	mem_wipe(&holder, sizeof(holder));
	buf_free(&challenge);
	return st;
}

const struct verb verb_recovery_answer = {
    .group = "recovery",
    .action = "answer",
    .brief = "For the holder: answer a test of the recovery key",
    .about =
	"Opens what \"tanu recovery test\" has printed at the site, and prints the answer. Needs "
	"no site: the holder does it on her own machine, and only the answer leaves it.",
    .example = "tanu recovery answer test.txt --recovery-key recovery.key",
    .operands = {{"FILE", VALUE_FILE, 1, 1, "What the site has printed; \"-\": standard input"}},
    .options = {{"recovery-key", VALUE_FILE, "FILE", NULL, true,
		 "The holder's file, or one with the code that stands on paper"}},
    .fields = {{"answer", "16 letters and digits, to be told to the site"}},
    .run = recovery_answer,
};
