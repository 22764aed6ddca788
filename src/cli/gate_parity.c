/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/gate.h"
#include "cli/verbs.h"

#include <stdio.h>

static void wait_text(char out[24], uint32_t ms)
{
	if (ms == UINT32_MAX)
		snprintf(out, 24, "over a minute");
	else
		snprintf(out, 24, "%g s", (double)ms / 1000);
}

static void say_lane(struct run *run, const struct parity *p, enum gate_lane lane)
{
	static const char *const names[LANES] = {"with a face", "without a face"};
	char half[24], most[24];

	say(run, "%-15s let in %llu, refused %llu", names[lane],
	    (unsigned long long)p->admitted[lane], (unsigned long long)p->refused[lane]);
	if (p->admitted[lane]) {
		wait_text(half, service_parity_percentile(p, lane, 50));
		wait_text(most, service_parity_percentile(p, lane, 99));
		say(run, "; half within %s, 99 of 100 within %s", half, most);
	}
	say(run, "\n");
}

static void answer_lane(struct run *run, const struct parity *p, enum gate_lane lane)
{
	struct json_w *w = &run->jw;

	jw_object(w, NULL);
	jw_text(w, "lane", service_lane_name(lane));
	jw_int(w, "admitted", (int64_t)p->admitted[lane]);
	jw_int(w, "refused", (int64_t)p->refused[lane]);
	jw_array(w, "waits");
	for (size_t i = 0; i < PARITY_WAITS; i++) {
		jw_object(w, NULL);
		jw_int(w, "upto_ms", service_parity_upto_ms[i]);
		jw_int(w, "people", (int64_t)p->waits[lane][i]);
		jw_end_object(w);
	}
	jw_end_array(w);
	jw_end_object(w);
}

static tanu_status gate_parity(struct run *run, tanu_error *err)
{
	struct parity p;
	double days = 30;
	tanu_status st;

	if (args_has(&run->args, "days") &&
	    (st = args_real(&days, &run->args, "days", 1, PARITY_DAYS_MAX, err)) < 0)
		return st;
	if ((st = run_site(run, err)) < 0 ||
	    (st = service_parity(run->service, &p, (int)days, err)) < 0)
		return st;
	say(run, "Entries of the last %d day%s, by lane:\n", p.days, p.days == 1 ? "" : "s");
	jw_int(&run->jw, "days", p.days);
	jw_array(&run->jw, "lanes");
	for (int lane = 0; lane < LANES; lane++) {
		say_lane(run, &p, (enum gate_lane)lane);
		answer_lane(run, &p, (enum gate_lane)lane);
	}
	jw_end_array(&run->jw);
	return TANU_OK;
}

const struct verb verb_gate_parity = {
    .group = "gate",
    .action = "parity",
    .flags = VERB_SITE,
    .brief = "Show whether the way without a face is as good",
    .about =
	"How many were let in and refused in each lane, and how long those let in had waited from "
	"their first card, pass or PIN to the decision. Whoever is refused counts in the lane "
	"with a face if her face was looked at. Releases by a guard count in neither. The same "
	"numbers are open to anybody at /api/v1/parity.",
    .example = "tanu gate parity --days 7",
    .options = {{"days", VALUE_WORD, "DAYS", NULL, false, "Today and so many days before [30]"}},
    .fields = {{"days", "how many"},
	       {"lanes[].lane", "face, other"},
	       {"lanes[].admitted", "people let in"},
	       {"lanes[].refused", "people not let in"},
	       {"lanes[].waits[].upto_ms",
		"waited from the bound before up to this one, milliseconds; 0: longer"},
	       {"lanes[].waits[].people", "of those let in"}},
    .run = gate_parity,
};
