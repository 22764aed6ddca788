/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/recovery.h"
#include "cli/verbs.h"

static tanu_status recovery_notice(struct run *run, tanu_error *err)
{
	const char *path = args_get(&run->args, "out");
	struct buf text = {0};
	tanu_status st = run_site(run, err);

	if (st == TANU_OK)
		st = service_recovery_notice(run->service, &text, err);
	if (st == TANU_OK && path)
		st = os_replace_file(path, text.data, text.len, 0600, err);
	if (st == TANU_OK) {
		if (path)
			say(run,
			    "Give this to the holder of the recovery key, in place of the last "
			    "one.\n");
		else
			buf_put(&run->text, text.data, text.len);
		jw_lines(&run->jw, "notice", &text);
	}
	buf_free(&text);
	return st;
}

const struct verb verb_recovery_notice = {
    .group = "recovery",
    .action = "notice",
    .flags = VERB_SITE,
    .brief = "Tell the holder of the recovery key who and what has ended",
    .about =
	"A signed list of the people who have left and the consents that have ended since the "
	"oldest backup that opens, by digests of their random ids. \"tanu restore --notice\" "
	"leaves "
	"them out. With setting recovery.notice the site writes it by itself whenever something "
	"has ended.",
    .example = "tanu recovery notice --out notice.txt",
    .options = {{"out", VALUE_FILE, "FILE", NULL, false, "Write it into a file"}},
    .fields = {{"notice", "the lines of the notice, a signed note"}},
    .run = recovery_notice,
};
