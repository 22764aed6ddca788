/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"
#include "cli/verbs.h"
#include "witness/witness.h"

static tanu_status witness_add(struct run *run, tanu_error *err)
{
	const char *folder = run->args.operands[0], *vkey = run->args.operands[1];
	tanu_verifier v;
	tanu_status st;

	if ((st = witness_add_log(folder, vkey, err)) < 0 ||
	    (st = tanu_verifier_parse(&v, vkey, err)) < 0)
		return st;
	say(run, "From now on checkpoints of ");
	say_clean(run, v.name);
	say(run, " under this key are cosigned.\n");
	jw_clean(&run->jw, "origin", v.name);
	return TANU_OK;
}

const struct verb verb_witness_add_log = {
    .group = "witness",
    .action = "add-log",
    .brief = "Let a witness cosign the checkpoints of a log",
    .about =
	"VKEY is the log's key; it stands behind the word \"log\" in the file \"policy\" beside "
	"the log. A witness that is serving takes it at once. A log that was added is never "
	"forgotten: forgetting what was signed would allow a second history.",
    .example = "tanu witness add-log /var/lib/tanu-witness "
	       "example.org/face-log+4d0d8134+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
    .operands = {{"DIR", VALUE_DIR, 1, 1, "The folder of the witness"},
		 {"VKEY", VALUE_WORD, 1, 1, "The log's key: name+hash+base64"}},
    .fields = {{"origin", "name of the log"}},
    .run = witness_add,
};
