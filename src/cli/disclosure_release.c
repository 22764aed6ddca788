/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"
#include "cli/verbs.h"

static tanu_status disclosure_release(struct run *run, tanu_error *err)
{
	const char *path = args_get(&run->args, "out");
	struct buf out = {0};
	tanu_id id;
	tanu_status st;

	if (os_exists(path))
		return tanu_fail(err, TANU_ERR_CONFLICT, path,
				 "there is a file of this name: it is not overwritten");
	if ((st = run_disclosure(run, &id, err)) < 0 ||
	    (st = service_disclosure_release(run->service, &out, &id, err)) < 0)
		goto out;
	if (out.len == 0) { /* an order that puts off a due date discloses nothing */
		say(run, "Done: the due date is put off, and the public log says so.\n");
	} else {
		if ((st = os_replace_file(path, out.data, out.len, 0600, err)) < 0 ||
		    (st = service_disclosure_done(run->service, &id, err)) < 0)
			goto out;
		say(run, "Released to %s. The log held it first.\n", path);
	}
	jw_id(&run->jw, "disclosure", &id);
	jw_clean(&run->jw, "file", out.len ? path : "");
out:
	buf_wipe(&out);
	return st;
}

const struct verb verb_disclosure_release = {
    .group = "disclosure",
    .action = "release",
    .flags = VERB_SITE,
    .brief = "Hand over what two people approved",
    .about =
	"First the log: the persons' entries, or the sealed ones, are published. Only then the "
	"file is written: exactly the approved fields and days, signed by the site. While the log "
	"can't be written nothing is released. Should writing the file fail, the same command "
	"writes it again without a second entry.",
    .example = "tanu disclosure release 0123... --out for-the-court.txt",
    .operands = {{"NUMBER", VALUE_WORD, 1, 1, "Number of the disclosure: 32 hex digits"}},
    .options = {{"out", VALUE_FILE, "FILE", NULL, true, "Where it goes; must not exist"}},
    .fields = {{"disclosure", "number of the disclosure"},
	       {"file", "what was written, or empty when the order only put off a due date"}},
    .run = disclosure_release,
};
