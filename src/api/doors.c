/* SPDX-License-Identifier: Apache-2.0 */
/* Doors: how they stand, what is ordered, what happens there, and whether both lanes are as good.
 */
#include "api/operations.h"

#include "service/gates.h"

#include <stdlib.h>

/* ---- the gates ---- */

/* What the site has ordered, and what the gate has said since. */
static const char *lockdown_word(const struct gate_view *v)
{
	if (v->in_lockdown)
		return "on";
	return v->lockdown_ms ? "ordered" : "off";
}

static tanu_status put_gate(void *self, const struct gate_view *v, tanu_error *err)
{
	struct call *c = self;
	struct json_w *w = &c->w;

	(void)err;
	jw_object(w, NULL);
	jw_id(w, "id", &v->id);
	put_clean(w, "name", v->name);
	jw_text(w, "zone", v->zone);
	jw_text(w, "state", service_gate_state_name(v->state));
	jw_bool(w, "online", service_gate_in_touch(c->api->service, v));
	jw_text(w, "lockdown", lockdown_word(v));
	jw_bool(w, "lockdown_by_site", v->lockdown_ms != 0);
	jw_int(w, "seen_ms", v->seen_ms);
	jw_int(w, "grants", (int64_t)v->grants);
	jw_int(w, "refusals", (int64_t)v->refusals);
	jw_int(w, "embeddings", (int64_t)v->embeddings);
	jw_int(w, "permits", (int64_t)v->permits);
	jw_int(w, "missing", (int64_t)v->missing);
	jw_end_object(w);
	return TANU_OK;
}

tanu_status op_gates_list(struct call *c, tanu_error *err)
{
	tanu_status st;

	jw_object(&c->w, NULL);
	jw_array(&c->w, "items");
	st = service_gate_each(c->api->service, put_gate, c, err);
	jw_end_array(&c->w);
	jw_end_object(&c->w);
	return st;
}

/* ---- orders ---- */

#define GATES_MAX 256 /* named in one call; none named: all */

tanu_status op_gates_lockdown(struct call *c, tanu_error *err)
{
	const bool on = call_flag(c, "on");
	json_value named = json_get(c->body, "gates");
	tanu_id gates[GATES_MAX] = {{{0}}};
	size_t len = 0, changed = 0;
	tanu_status st;

	for (size_t i = 0; i < json_len(named) && i < GATES_MAX; i++)
		id_parse(&gates[len++], json_text_of(json_at(named, i)));
	st = service_gates_lockdown(c->api->service, &changed, gates, len, on, err);
	if (st < 0)
		return st;
	if (changed)
		feed_say(c->api, on ? "lockdown-ordered" : "lockdown-ended", NULL);
	return op_gates_list(c, err);
}

tanu_status op_gate_release(struct call *c, tanu_error *err)
{
	const tanu_id id = call_param_id(c, "gate");
	struct gate_view gate = {0};
	tanu_status st;

	if ((st = service_gate_get(c->api->service, &gate, &id, err)) < 0)
		return st;
	if (!service_gate_in_touch(c->api->service, &gate))
		return tanu_fail(err, TANU_ERR_GATE, NULL,
				 "this gate does not ask at the moment: nobody would be let in");
	if ((st = service_gate_release(c->api->service, &id, err)) < 0)
		return st;
	c->status = 202;
	jw_object(&c->w, NULL);
	jw_int(&c->w, "until_ms", clock_now(&c->api->clock) + GATE_RELEASE_MS);
	jw_end_object(&c->w);
	return TANU_OK;
}

/* A gate tells itself, when it has heard of it. */
tanu_status op_bell_answer(struct call *c, tanu_error *err)
{
	tanu_id gate;

	c->status = 204;
	if (call_id(c, &gate, "gate"))
		return service_gate_answer(c->api->service, &gate, err);
	feed_say(c->api, "bell-answered", NULL);
	return TANU_OK;
}

/* ---- both lanes side by side ---- */

#define PARITY_DAYS 30

static void put_wait(struct json_w *w, const char *key, const struct parity *p, enum gate_lane lane,
		     unsigned percent)
{
	const uint32_t ms = service_parity_percentile(p, lane, percent);

	if (ms != 0 && ms != UINT32_MAX)
		jw_int(w, key, ms);
}

static void put_lane(struct json_w *w, const struct parity *p, enum gate_lane lane)
{
	jw_object(w, NULL);
	jw_text(w, "lane", service_lane_name(lane));
	jw_int(w, "admitted", (int64_t)p->admitted[lane]);
	jw_int(w, "refused", (int64_t)p->refused[lane]);
	put_wait(w, "half_within_ms", p, lane, 50);
	put_wait(w, "most_within_ms", p, lane, 99);
	jw_array(w, "waits");
	for (size_t i = 0; i < PARITY_WAITS; i++) {
		jw_object(w, NULL);
		if (service_parity_upto_ms[i])
			jw_int(w, "upto_ms", service_parity_upto_ms[i]);
		jw_int(w, "people", (int64_t)p->waits[lane][i]);
		jw_end_object(w);
	}
	jw_end_array(w);
	jw_end_object(w);
}

tanu_status op_parity_get(struct call *c, tanu_error *err)
{
	const char *days = http_query(c->request, "days");
	struct parity p;
	tanu_status st = service_parity(c->api->service, &p,
					days ? (int)strtol(days, NULL, 10) : PARITY_DAYS, err);

	if (st < 0)
		return st;
	jw_object(&c->w, NULL);
	jw_int(&c->w, "days", p.days);
	jw_array(&c->w, "lanes");
	for (int lane = 0; lane < LANES; lane++)
		put_lane(&c->w, &p, (enum gate_lane)lane);
	jw_end_array(&c->w);
	jw_end_object(&c->w);
	return TANU_OK;
}

/* ---- what gates report, live ---- */

#define LIVE_MS ((int64_t)120000) /* what a gate brings from days offline is history */

void api_gate_event(void *self, const tanu_id *gate, const struct gate_event *event)
{
	struct api *api = self;
	const char *name = service_gate_event_word(event);
	const int64_t age_ms = clock_now(&api->clock) - event->at_ms;

	if (name && event->time_trusted && age_ms < LIVE_MS)
		feed_say_at(api, name, &event->subject, gate, event->at_ms);
}
