/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"
#include "cli/verbs.h"

static tanu_status disclosure_order(struct run *run, tanu_error *err)
{
	const char *path = args_get(&run->args, "out");
	struct buf text = {0};
	tanu_id id;
	tanu_status st;

	if ((st = run_disclosure(run, &id, err)) < 0 ||
	    (st = service_disclosure_text(run->service, &text, &id, err)) < 0 ||
	    (st = os_replace_file(path, text.data, text.len, 0600, err)) < 0)
		goto out;
	say(run,
	    "The order is in %s. Next, for each approver: tanu approver sign %s --key KEY "
	    "--out SIGNED\n",
	    path, path);
	jw_id(&run->jw, "disclosure", &id);
	jw_clean(&run->jw, "file", path);
out:
	buf_free(&text);
	return st;
}

const struct verb verb_disclosure_order = {
    .group = "disclosure",
    .action = "order",
    .flags = VERB_SITE,
    .brief = "Write out the order that approvers sign",
    .about =
	"The text names the authority, the law, the SHA-256 of the order, the people by id, the "
	"fields and the days: exactly what will be released.",
    .example = "tanu disclosure order 0123... --out order.txt",
    .operands = {{"NUMBER", VALUE_WORD, 1, 1, "Number of the disclosure: 32 hex digits"}},
    .options = {{"out", VALUE_FILE, "FILE", NULL, true, "Where the text goes"}},
    .fields = {{"disclosure", "number of the disclosure"}, {"file", "where the text is"}},
    .run = disclosure_order,
};
