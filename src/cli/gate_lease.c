/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/gate.h"
#include "cli/verbs.h"

static tanu_status lease_files(struct run *run, const struct gate_view *view, int hours,
			       const char *out, const char *keys_out, tanu_error *err)
{
	struct lease_keys keys = {.gallery = {{0}}};
	struct buf doc = {.max = LEASE_BYTES_MAX};
	tanu_status st;

	if ((st = service_lease_full(run->service, &doc, &keys, &view->id, hours, err)) ==
		TANU_OK &&
	    (st = write_new(keys_out, &keys, sizeof(keys), err)) == TANU_OK)
		st = write_new(out, doc.data, doc.len, err);
	mem_wipe(&keys, sizeof(keys));
	if (st == TANU_OK)
		jw_int(&run->jw, "bytes", (int64_t)doc.len);
	buf_free(&doc);
	return st;
}

static tanu_status gate_lease(struct run *run, tanu_error *err)
{
	const char *out = args_get(&run->args, "out"), *keys = args_get(&run->args, "keys");
	struct gate_view view = {0};
	double hours = 0;
	tanu_status st;

	if (args_has(&run->args, "hours") &&
	    (st = args_real(&hours, &run->args, "hours", 1, 720, err)) < 0)
		return st;
	if (os_exists(out) || os_exists(keys))
		return tanu_fail(err, TANU_ERR_CONFLICT, os_exists(out) ? out : keys,
				 "there is a file of this name already; choose another");
	if ((st = run_gate(run, &view, err)) < 0 ||
	    (st = lease_files(run, &view, (int)hours, out, keys, err)) < 0)
		return st;
	say(run,
	    "The lease is in %s, its keys in %s. Carry them apart, and never leave the keys at the "
	    "gate:\n    tanu-gate --config gate.ini lease %s --keys %s\n",
	    out, keys, out, keys);
	jw_id(&run->jw, "gate", &view.id);
	jw_text(&run->jw, "lease", out);
	jw_text(&run->jw, "keys", keys);
	return TANU_OK;
}

const struct verb verb_gate_lease = {
    .group = "gate",
    .action = "lease",
    .flags = VERB_SITE,
    .brief = "Write a lease for a gate that has no network",
    .about =
	"All that the gate may hold for its zone: references under live consents to access, cards, "
	"PINs, hours; sealed to this gate, ending by itself. Its keys are in a file of their own: "
	"a "
	"gate keeps them in memory only, so that a stolen one opens nothing.\n\nA withdrawal does "
	"not reach such a gate until the next lease is carried there, or this one ends: keep "
	"--hours short.",
    .example = "tanu gate lease \"north door\" --out lease.bin --keys lease.keys --hours 24",
    .operands = {OPERAND_GATE},
    .options = {{"out", VALUE_FILE, "FILE", NULL, true, "Where the lease is written"},
		{"keys", VALUE_FILE, "FILE", NULL, true, "Where its keys are written"},
		{"hours", VALUE_WORD, "HOURS", NULL, false,
		 "How long it lasts; setting lease.hours if not given"}},
    .fields = {{"gate", "its id"},
	       {"lease", "the file"},
	       {"keys", "the file with its keys"},
	       {"bytes", "size of the lease"}},
    .run = gate_lease,
};
