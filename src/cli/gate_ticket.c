/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/gate.h"
#include "cli/verbs.h"

#define TICKET_FILE_MAX ((size_t)20 << 20) /* a photograph of the screen */

static void answer(struct run *run, const struct gate_ticket *t)
{
	struct json_w *w = &run->jw;

	jw_id(w, "site", &t->site);
	jw_id(w, "gate", &t->gate);
	jw_id(w, "subject", &t->subject);
	jw_int(w, "event", (int64_t)t->number);
	if (t->at_ms)
		jw_int(w, "at_ms", t->at_ms);
	else
		jw_null(w, "at_ms");
	jw_bool(w, "admitted", t->admitted);
	jw_text(w, "direction", t->outwards ? "exit" : "entry");
	jw_text(w, "way", t->way);
	jw_int(w, "features", t->features);
}

static void say_what(struct run *run, const struct gate_ticket *t)
{
	char when[TIME_TEXT_LEN] = "At an unknown time", id[ID_HEX_LEN];

	if (t->at_ms)
		time_text(when, t->at_ms);
	id_hex(id, &t->subject);
	say(run, "%s, %s: %s %s, by %s; features of the face computed: %u.\n", when,
	    t->outwards ? "on the way out" : "on the way in", id,
	    t->admitted ? "was let in" : "was not let in", t->way, t->features);
}

/* By the key alone: for whoever brings it, without the site. */
static tanu_status by_key(struct run *run, const struct buf *file, const char *vkey,
			  tanu_error *err)
{
	struct gate_ticket ticket;
	tanu_status st = service_ticket_read(&ticket, file->data, file->len, vkey, err);

	if (st < 0)
		return st;
	say(run, "Signed by this key.\n");
	say_what(run, &ticket);
	answer(run, &ticket);
	jw_text(&run->jw, "standing", "signed");
	return TANU_OK;
}

static void say_standing(struct run *run, const struct ticket_view *v)
{
	switch (v->standing) {
	case TICKET_HERE:
		say(run, "It stands in her history.\n");
		break;
	case TICKET_AWAITED:
		say(run, "The gate has not reported it yet: it may still be without a connection. "
			 "Keep the ticket.\n");
		break;
	case TICKET_MISSING:
		say(run, "The gate has reported what came after it, and THIS IS NOT IN HER "
			 "HISTORY. The ticket proves it: keep it.\n");
		break;
	case TICKET_ERASED:
		say(run, "Nothing of that time is kept of this person any more, so nothing can be "
			 "compared.\n");
		break;
	case TICKET_STANDINGS:
		break;
	}
}

static tanu_status by_site(struct run *run, const struct buf *file, tanu_error *err)
{
	struct ticket_view v;
	tanu_status st = run_site(run, err);

	if (st < 0 || (st = service_gate_ticket(run->service, &v, file->data, file->len, err)) < 0)
		return st;
	say(run, "Signed by gate \"");
	say_clean(run, v.gate);
	say(run, "\"%s.\n", v.revoked_ms ? ", which is revoked now" : "");
	say_what(run, &v.ticket);
	say_standing(run, &v);
	answer(run, &v.ticket);
	jw_clean(&run->jw, "name", v.gate);
	jw_text(&run->jw, "standing", service_ticket_standing_name(v.standing));
	if (v.standing == TICKET_MISSING)
		run->exit = TANU_EXIT_NO_MATCH;
	return TANU_OK;
}

static tanu_status gate_ticket(struct run *run, tanu_error *err)
{
	const char *key = args_get(&run->args, "key");
	struct buf file = {0};
	tanu_status st = os_read_file(&file, run->args.operands[0], TICKET_FILE_MAX, err);

	if (st == TANU_OK)
		st = key ? by_key(run, &file, key, err) : by_site(run, &file, err);
	buf_wipe(&file);
	return st;
}

const struct verb verb_gate_ticket = {
    .group = "gate",
    .action = "ticket",
    .flags = VERB_SITE,
    .brief = "Check a use-ticket that somebody took at a gate",
    .about =
	"Whoever was let in or not may ask the gate for its signed word of it (the * key of the "
	"keypad): a QR code on the screen, which she photographs. Here it is told what it says, "
	"whether a gate of this site signed it, and whether the site has written it down. A use "
	"that was never written down is proven by it (exit code 1). With --key it is checked "
	"without the site, by the gate's key from the public log (tanu log show).",
    .example = "tanu gate ticket photograph.jpg",
    .operands = {{"FILE", VALUE_FILE, 1, 1,
		  "A photograph of the code, or the text in it (with --key: the text)"}},
    .options = {{"key", VALUE_WORD, "VKEY", NULL, false,
		 "The gate's key as the public log has it: gate-ID+...; no site is needed"}},
    .fields = {{"site", "the site's id"},
	       {"gate", "the gate's id"},
	       {"subject", "the person's id"},
	       {"event", "number of the event at the gate"},
	       {"at_ms", "when, Unix milliseconds; null: the gate did not know the time"},
	       {"admitted", "whether she was let in"},
	       {"direction", "entry or exit"},
	       {"way", "what she was let in by, such as card+face"},
	       {"features", "how often features of her face were computed"},
	       {"name", "the gate's name"},
	       {"standing", "recorded, awaited, missing or erased; with --key signed"}},
    .run = gate_ticket,
};
