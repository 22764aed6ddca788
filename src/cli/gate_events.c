/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/gate.h"
#include "cli/verbs.h"
#include "lease/spool.h"

static tanu_status gate_events(struct run *run, tanu_error *err)
{
	struct gate_intake in = {0};
	struct buf batch = {0};
	tanu_status st;

	if ((st = os_read_file(&batch, run->args.operands[0], SPOOL_BATCH_BYTES, err)) == TANU_OK &&
	    (st = run_site(run, err)) == TANU_OK)
		st = service_gate_events(run->service, &in, NULL, batch.data, batch.len, err);
	buf_free(&batch);
	if (st < 0)
		return st;
	say(run, "Taken in: %zu events, %zu were here already.\n", in.taken, in.known);
	if (in.confirmed)
		say(run, "The gate has signed that it erased %zu reference%s.\n", in.confirmed,
		    in.confirmed == 1 ? "" : "s");
	say(run, "At the gate: tanu-gate --config gate.ini events --taken %llu\n",
	    (unsigned long long)in.upto);
	jw_int(&run->jw, "taken", (int64_t)in.taken);
	jw_int(&run->jw, "known", (int64_t)in.known);
	jw_int(&run->jw, "confirmed", (int64_t)in.confirmed);
	jw_int(&run->jw, "upto", (int64_t)in.upto);
	return TANU_OK;
}

const struct verb verb_gate_events = {
    .group = "gate",
    .action = "events",
    .flags = VERB_SITE,
    .brief = "Take in what a gate without network has reported",
    .about = "The file of \"tanu-gate events --out FILE\". Each event is taken in once, however "
	     "often it is carried here.",
    .example = "tanu gate events events.bin",
    .operands = {{"FILE", VALUE_FILE, 1, 1, "The gate's events"}},
    .fields = {{"taken", "new events"},
	       {"known", "events that were here already"},
	       {"confirmed", "erasures that the gate has signed"},
	       {"upto", "number to be told to the gate: everything to it is here"}},
    .run = gate_events,
};
