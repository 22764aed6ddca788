/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"
#include "cli/verbs.h"

static tanu_status approver_key(struct run *run, tanu_error *err)
{
	const char *path = args_get(&run->args, "out");
	struct buf secret = {0}, vkey = {0};
	tanu_status st;

	if (os_exists(path))
		return tanu_fail(err, TANU_ERR_CONFLICT, path,
				 "there is a file of this name: it is not overwritten");
	if ((st = service_approver_key(&secret, &vkey, run->args.operands[0], err)) < 0)
		goto out;
	buf_str(&secret, "\n");
	if ((st = buf_check(&secret, err)) < 0 ||
	    (st = os_replace_file(path, secret.data, secret.len, 0600, err)) < 0)
		goto out;
	say(run, "The signing key is in %s: keep it, and no copy of it at the site.\n", path);
	say(run, "Give the site this line:\n%s\n", buf_cstr(&vkey));
	jw_clean(&run->jw, "file", path);
	jw_text(&run->jw, "key", buf_cstr(&vkey));
out:
	buf_wipe(&secret);
	buf_free(&vkey);
	return st;
}

const struct verb verb_approver_key = {
    .group = "approver",
    .action = "key",
    .brief = "Make the signing key of somebody who approves disclosures",
    .about =
	"For the approver, on her own machine: makes a key pair, writes the secret half to a file "
	"that only she can read, and prints the public half for the site. The name stands in "
	"public in the log; it has no blanks and no plus sign.",
    .example = "tanu approver key headmistress --out approver.key",
    .operands = {{"NAME", VALUE_WORD, 1, 1,
		  "Under which the log names her: an office rather than a person"}},
    .options = {{"out", VALUE_FILE, "FILE", NULL, true,
		 "Where the secret half goes; must not exist"}},
    .fields = {{"file", "where the secret half is"},
	       {"key", "the public half, for tanu approver add"}},
    .run = approver_key,
};
