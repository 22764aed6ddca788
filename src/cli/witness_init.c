/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"
#include "cli/verbs.h"
#include "witness/witness.h"

static tanu_status read_key(struct buf *vkey, const char *folder, tanu_error *err)
{
	struct witness *w = NULL;
	tanu_verifier v;
	tanu_status st = witness_open(&w, folder, NULL, err);

	if (st < 0)
		return st;
	witness_verifier(&v, w);
	verifier_put(vkey, &v);
	witness_close(&w);
	return buf_check(vkey, err);
}

static tanu_status witness_init(struct run *run, tanu_error *err)
{
	const struct random_source random = os_random();
	const char *folder = run->args.operands[0], *name = args_get(&run->args, "name");
	struct buf vkey = {0};
	tanu_status st;

	if ((st = witness_create(folder, name, &random, err)) == TANU_OK &&
	    (st = read_key(&vkey, folder, err)) == TANU_OK) {
		say(run,
		    "Made a witness.\n  key  %s\nGive this key to those who are to trust it. The "
		    "folder must never be put back from a backup: a witness that lost it takes a "
		    "new name.\nNext: tanu witness add-log ",
		    buf_cstr(&vkey));
		say_clean(run, folder);
		say(run, " VKEY\n");
		jw_clean(&run->jw, "folder", folder);
		jw_clean(&run->jw, "key", buf_cstr(&vkey));
	}
	buf_free(&vkey);
	return st;
}

const struct verb verb_witness_init = {
    .group = "witness",
    .action = "init",
    .brief = "Make the folder and key of a witness",
    .about =
	"A witness cosigns the checkpoints of logs it knows, and of each only one history: whoever "
	"finds its signature under a checkpoint knows that others are shown the same log. It sees "
	"no entries and no people. Run it for a site of somebody else, on a machine of yours.",
    .example = "tanu witness init /var/lib/tanu-witness --name witness.example.org/w1",
    .options = {{"name", VALUE_WORD, "NAME", NULL, true,
		 "Its name for ever: an address without https://, no spaces, no plus"}},
    .operands = {{"DIR", VALUE_DIR, 1, 1, "The folder to make"}},
    .fields = {{"folder", "its folder"}, {"key", "its key, name+hash+base64"}},
    .run = witness_init,
};
