/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/gate.h"
#include "cli/verbs.h"

static tanu_status gate_pair(struct run *run, tanu_error *err)
{
	const char *out = args_get(&run->args, "out");
	struct buf request = {0}, reply = {0};
	struct gate_view view = {0};
	tanu_status st;

	if ((st = os_read_file(&request, run->args.operands[0], PAIR_BYTES_MAX, err)) < 0 ||
	    (st = run_site(run, err)) < 0 ||
	    (st = service_gate_pair(run->service, &reply, &view, request.data, request.len, NULL,
				    err)) < 0 ||
	    (st = write_new(out, reply.data, reply.len, err)) < 0)
		goto out;
	say(run, "Paired: gate \"");
	say_clean(run, view.name);
	say(run, "\". Carry %s to it: tanu-gate --config gate.ini pair --code CODE --reply %s\n",
	    out, out);
	jw_id(&run->jw, "gate", &view.id);
	jw_clean(&run->jw, "name", view.name);
	jw_text(&run->jw, "reply", out);
out:
	buf_free(&request);
	buf_free(&reply);
	return st;
}

const struct verb verb_gate_pair = {
    .group = "gate",
    .action = "pair",
    .flags = VERB_SITE,
    .brief = "Answer a gate that has no network",
    .about = "The gate's request (\"tanu-gate pair --code CODE --request FILE\") is carried here, "
	     "and the answer back. Both are of use only with the code.",
    .example = "tanu gate pair request.bin --out reply.bin",
    .operands = {{"REQUEST", VALUE_FILE, 1, 1, "The gate's request"}},
    .options = {{"out", VALUE_FILE, "FILE", NULL, true, "Where the answer is written"}},
    .fields = {{"gate", "its id"}, {"name", "its name"}, {"reply", "the file"}},
    .run = gate_pair,
};
