/* SPDX-License-Identifier: Apache-2.0 */
/* What the site orders its gates to do: lockdown, and one passage without anybody's claim. */
#include "service/gate_inside.h"

#include <stdlib.h>

static tanu_status lockdown_one(struct service *s, size_t *changed, const tanu_id *id, bool on,
				tanu_error *err)
{
	struct gate_paper gate = {0};
	tanu_status st = gate_load(s, &gate, id, err);

	if (st == TANU_OK && (st = gate_must_serve(&gate.view, err)) == TANU_OK &&
	    on != (gate.view.lockdown_ms != 0)) {
		gate.view.lockdown_ms = on ? clock_now(&s->clock) : 0;
		st = gate_store(s, &gate, err);
		*changed += st == TANU_OK;
	}
	mem_wipe(&gate, sizeof(gate));
	return st;
}

struct paired {
	tanu_id *gates;
	size_t len;
};

static tanu_status take_paired(void *self, const struct gate_view *v, tanu_error *err)
{
	struct paired *p = self;
	tanu_id *more;

	if (v->state != GATE_PAIRED)
		return TANU_OK;
	more = realloc(p->gates, (p->len + 1) * sizeof(*more));
	if (!more)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	p->gates = more;
	p->gates[p->len++] = v->id;
	return TANU_OK;
}

tanu_status service_gates_lockdown(struct service *s, size_t *changed, const tanu_id *gates,
				   size_t gates_len, bool on, tanu_error *err)
{
	struct paired all = {0};
	tanu_status st = TANU_OK;

	*changed = 0;
	if (gates_len == 0) {
		st = service_gate_each(s, take_paired, &all, err);
		gates = all.gates;
		gates_len = all.len;
	}
	if (st == TANU_OK && (st = tx_begin(s, err)) == TANU_OK) {
		for (size_t i = 0; i < gates_len && st == TANU_OK; i++)
			st = lockdown_one(s, changed, &gates[i], on, err);
		st = tx_end(s, st, err);
	}
	free(all.gates);
	return st;
}

/* One order that counts, kept with the gate. */
static tanu_status order_one(struct service *s, const tanu_id *id,
			     void (*count)(struct gate_view *v, int64_t now_ms), tanu_error *err)
{
	struct gate_paper gate = {0};
	tanu_status st = gate_load(s, &gate, id, err);

	if (st == TANU_OK && (st = gate_must_serve(&gate.view, err)) == TANU_OK) {
		count(&gate.view, clock_now(&s->clock));
		if ((st = tx_begin(s, err)) == TANU_OK)
			st = tx_end(s, gate_store(s, &gate, err), err);
	}
	mem_wipe(&gate, sizeof(gate));
	return st;
}

static void count_release(struct gate_view *v, int64_t now_ms)
{
	v->releases++;
	v->released_ms = now_ms;
}

tanu_status service_gate_release(struct service *s, const tanu_id *id, tanu_error *err)
{
	return order_one(s, id, count_release, err);
}

static void count_answer(struct gate_view *v, int64_t now_ms)
{
	(void)now_ms;
	v->answered++;
}

tanu_status service_gate_answer(struct service *s, const tanu_id *id, tanu_error *err)
{
	return order_one(s, id, count_answer, err);
}

struct gate_orders service_gate_orders(const struct service *s, const struct gate_view *gate)
{
	const int64_t until_ms = gate->released_ms + GATE_RELEASE_MS;

	return (struct gate_orders){
	    .lockdown = gate->lockdown_ms != 0,
	    .release = gate->releases,
	    .answered = gate->answered,
	    .release_until_ms = gate->releases && clock_now(&s->clock) < until_ms ? until_ms : 0,
	};
}
