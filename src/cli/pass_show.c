/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/pass.h"
#include "cli/verbs.h"

static void answer_head(struct run *run, const struct pass_head *h)
{
	char number[PASS_NUMBER_TEXT_LEN], hex[2 * PASS_NUMBER_LEN + 1], until[DATE_TEXT_LEN];
	char site[2 * PASS_SITE_LEN + 1], model[2 * PASS_MODEL_LEN + 1];
	struct json_w *w = &run->jw;

	pass_number_text(number, h->number);
	hex_encode(hex, h->number, sizeof(h->number));
	hex_encode(site, h->site, sizeof(h->site));
	hex_encode(model, h->model, sizeof(h->model));
	date_text(until, h->until);
	say(run,
	    "pass %s\n  to          %s\n  generation  %u\n  site        %s...\n  model       "
	    "%s...\n  reference   sealed, not opened\n",
	    number, until, h->generation, site, model);
	jw_text(w, "number", hex);
	jw_text(w, "until", until);
	jw_int(w, "generation", h->generation);
	jw_text(w, "site", site);
	jw_text(w, "model", model);
}

/* At the site that issued it: whose it is. */
static tanu_status answer_holder(struct run *run, const struct pass *pass, tanu_error *err)
{
	struct pass_view view = {0};
	char hex[ID_HEX_LEN];
	tanu_id holder;
	tanu_status st = service_pass_holder(run->service, &holder, &view, pass, err);

	if (st < 0)
		return st;
	id_hex(hex, &holder);
	say(run, "  issued to   %.8s, %s%s\n", hex, service_pass_state_name(view.state),
	    view.spare ? ", her spare" : "");
	jw_id(&run->jw, "subject", &holder);
	jw_text(&run->jw, "state", service_pass_state_name(view.state));
	return TANU_OK;
}

static tanu_status pass_show(struct run *run, tanu_error *err)
{
	struct pass pass;
	tanu_status st;

	if ((st = service_pass_read(&pass, run->args.operands[0], err)) < 0 ||
	    (st = run_site_if_any(run, err)) < 0)
		return st;
	answer_head(run, &pass.head);
	run->keep_answer = true;
	return run->service ? answer_holder(run, &pass, err) : TANU_OK;
}

const struct verb verb_pass_show = {
    .group = "pass",
    .action = "show",
    .flags = VERB_SITE,
    .brief = "What a pass says of itself",
    .about = "Reads a pass without opening it: a picture of its QR code, or its bytes. Where it "
	     "was issued (--data) it also says to whom, and whether it is still valid; so a pass "
	     "that was found comes back to its owner.",
    .example = "tanu pass show found.jpg --data school",
    .operands = {{"FILE", VALUE_FILE, 1, 1, "A pass; \"-\" is standard input"}},
    .fields = {{"number", "16 hex digits, as printed on the card"},
	       {"until", "last day, YYYY-MM-DD, UTC"},
	       {"generation", "of its key"},
	       {"site", "first digits of the site's id"},
	       {"model", "first digits of the model's digest"},
	       {"subject", "at its site: the id of the person it was issued to"},
	       {"state", "likewise: valid, expired or revoked"}},
    .run = pass_show,
};
