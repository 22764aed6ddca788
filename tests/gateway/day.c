/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/served.h"

#include "gateway/day.h"

#include <stdatomic.h>
#include <unistd.h>

#define DOORS_MAX 2
#define NOBODY	  SIZE_MAX
#define PATIENCE  60000 /* ms of real time, for a lease or the last events */

struct door_side {
	struct day *day;
	struct world *w;
	struct gate_tls tls;
	tanu_id gate;
};

struct day {
	struct served served;
	struct door_side side[DOORS_MAX];
	size_t doors;
	tanu_id ids[PEOPLE];
	size_t people, cards, consents;
	int64_t base_ms;  /* the site's time when the doors' was 0 */
	size_t withdrawn; /* who takes her consent back; NOBODY: nobody yet */
	int64_t withdrawn_ms;
	bool server_up;
	struct day_sums sums;
};

/* ---- what the site hears, each event once: under its lock ---- */

static void told(void *self, const tanu_id *gate, const struct gate_event *e)
{
	struct day *day = self;

	for (size_t d = 0; d < day->doors; d++)
		if (id_equal(gate, &day->side[d].gate))
			take_event(day->side[d].w, e);
	day->sums.told++;
	if (e->kind != GATE_EVENT_DECISION || id_is_zero(&e->subject))
		return;
	day->sums.told_admitted += e->verdict == RULES_GRANT;
	if (day->withdrawn != NOBODY && e->at_ms > day->withdrawn_ms &&
	    id_equal(&e->subject, &day->ids[day->withdrawn])) {
		day->sums.came_after++;
		day->sums.after_withdrawal += e->embeddings;
	}
}

/* ---- a gate of this site ---- */

static struct day *day_of(struct world *w)
{
	return ((struct door_side *)w->site_self)->day;
}

static void opened(struct world *w)
{
	struct door_side *side = w->site_self;

	MUST(gate_link(w->gate, buf_cstr(&side->tls.certificate), buf_cstr(&side->tls.key), err));
}

/* The door's time goes on while real time does. */
static void wait_until(struct world *w, bool (*so)(struct world *w), const char *what)
{
	int64_t end_ms = os_monotonic_ns() / 1000000 + PATIENCE;

	while (!so(w)) {
		if (os_monotonic_ns() / 1000000 > end_ms)
			fail_msg("it did not come to that: %s", what);
		pass_time(w, 20);
		usleep(5000);
	}
}

static bool is_lent(struct world *w)
{
	const struct day *day = day_of(w);
	struct gate_state s = seen(w);

	return s.lease_valid && s.lent.cards == day->cards && s.lent.entries == day->consents;
}

static bool nothing_waits(struct world *w)
{
	return seen(w).events_waiting == 0;
}

static void lend_over_the_link(struct world *w)
{
	wait_until(w, is_lent, "the lease is there");
}

static void collect_over_the_link(struct world *w)
{
	struct door_side *side = w->site_self;
	struct day *day = side->day;
	struct gate_view view = {0};

	if (!day->server_up)
		return;
	wait_until(w, nothing_waits, "all events are at the site");
	served_enter(&day->served);
	MUST(service_gate_get(day->served.site->s, &view, &side->gate, err));
	served_leave(&day->served);
	w->acked = view.received;
}

/* ---- the morning ---- */

/* The site's clock goes with the doors', never back. */
static void clock_follow(struct day *day)
{
	struct clock_source machine = os_clock();
	struct site *site = day->served.site;
	int64_t ahead_ms, latest_ms = 0;

	for (size_t d = 0; d < day->doors; d++)
		if (day->side[d].w->now_ms > latest_ms)
			latest_ms = day->side[d].w->now_ms;
	served_enter(&day->served);
	ahead_ms = day->base_ms + latest_ms - clock_now(&machine);
	if (ahead_ms > site->ahead_ms)
		site->ahead_ms = ahead_ms;
	served_leave(&day->served);
}

static void person_make(struct day *day, const struct someone *p, size_t i)
{
	struct site *site = day->served.site;
	struct card_view card;
	char text[32];

	snprintf(text, sizeof(text), "Person %zu", i);
	day->ids[i] = add_person(site, text, 30);
	snprintf(text, sizeof(text), "26:12:%zu", i);
	MUST(service_card_add(site->s, &card, &day->ids[i], text, (tanu_date){0}, (tanu_date){0},
			      err));
	day->cards++;
	if (p->has_pin)
		MUST(service_pin_set(site->s, &day->ids[i], p->pin, err));
	if (!p->consents || !p->has_reference)
		return;
	give(site, &day->ids[i], TANU_PURPOSE_ACCESS, 100);
	MUST(reference_keep(site->s, &(tanu_id){{0}}, &day->ids[i], &p->reference, err));
	day->consents++;
}

static void begin(void *self, struct world **doors, size_t doors_len)
{
	static const struct world_site ops = {opened, lend_over_the_link, collect_over_the_link};
	static const char hours[] = "all 00:00-24:00 card+face card+pin card+guard\n";
	static const char *const names[DOORS_MAX] = {"north", "south"};
	struct day *day = self;

	assert_true(doors_len <= DOORS_MAX);
	served_enter(&day->served);
	for (size_t i = 0; i < PEOPLE; i++)
		if (doors[0]->people[i].there)
			person_make(day, &doors[0]->people[i], i);
	MUST(service_zone_set(day->served.site->s, "main", hours, strlen(hours), err));
	day->base_ms = site_clock(day->served.site);
	served_leave(&day->served);
	for (size_t d = 0; d < doors_len; d++) {
		struct door_side *side = &day->side[d];
		struct world *w = doors[d];

		*side = (struct door_side){.day = day, .w = w};
		w->site = &ops;
		w->site_self = side;
		w->ahead_ms = day->base_ms - T0;
		gate_tls_make(&side->tls, &day->served, names[d]);
		side->gate =
		    served_pair(&day->served, &w->identity, w->state, &side->tls, names[d]);
		MUST(settings_set(&w->settings, "link.url", day->served.url, err));
		MUST(settings_set(&w->settings, "link.poll_ms", "200", err));
	}
	day->doors = doors_len;
}

static void server_goes(struct day *day)
{
	served_stop(&day->served);
	site_reopen(day->served.site); /* as if it was killed and started */
	MUST(gateway_take_back(day->served.gateway, day->served.site->s, err));
	day->server_up = false;
}

/* The last of those who agreed says no, and every gate knows it within a few answers. */
static void somebody_withdraws(struct day *day, size_t visits)
{
	struct world *w = day->side[0].w;
	struct erasure_receipt receipt;
	size_t who = visits;

	while (who > 0 && !w->people[who - 1].consents)
		who--;
	if (who == 0)
		return;
	served_enter(&day->served);
	MUST(service_consent_withdraw(day->served.site->s, &receipt, &day->ids[who - 1], 0, err));
	day->withdrawn = who - 1;
	day->withdrawn_ms = site_clock(day->served.site);
	served_leave(&day->served);
	w->people[who - 1].consents = false;
	day->consents--;
	day->sums.withdrew = true;
	for (size_t d = 0; d < day->doors; d++)
		wait_until(day->side[d].w, is_lent, "the withdrawal is at the gate");
}

static void before(void *self, size_t visit, size_t visits)
{
	struct day *day = self;

	clock_follow(day);
	if (visit == visits * 3 / 10)
		server_goes(day);
	if (visit == visits * 6 / 10) {
		served_again(&day->served);
		day->server_up = true;
	}
	if (visit == visits * 8 / 10)
		somebody_withdraws(day, visits);
}

static tanu_status count_admitted(void *self, const struct history_view *v, tanu_error *err)
{
	struct day *day = self;

	(void)err;
	day->sums.admitted += v->event == TANU_EVENT_ADMITTED;
	return TANU_OK;
}

static void end(void *self)
{
	struct day *day = self;
	struct service *s = day->served.site->s;
	struct parity parity = {0};

	served_enter(&day->served);
	for (size_t d = 0; d < day->doors; d++) {
		struct gate_view view = {0};

		MUST(service_gate_get(s, &view, &day->side[d].gate, err));
		day->sums.grants += view.grants;
		day->sums.refusals += view.refusals;
		day->sums.embeddings += view.embeddings;
		day->sums.permits += view.permits;
		day->sums.missing += view.missing;
	}
	for (size_t i = 0; i < PEOPLE; i++)
		if (!id_is_zero(&day->ids[i]))
			MUST(service_history_each(s, &day->ids[i], count_admitted, day, err));
	MUST(service_parity(s, &parity, 2, err));
	for (int lane = 0; lane < LANES; lane++) {
		day->sums.lane_admitted[lane] = parity.admitted[lane];
		day->sums.lane_refused[lane] = parity.refused[lane];
	}
	served_leave(&day->served);
}

struct day *day_new(void)
{
	struct day *day = calloc(1, sizeof(*day));
	const struct gate_watcher watcher = {.told = told, .self = day};

	assert_non_null(day);
	served_open(&day->served, &watcher);
	day->server_up = true;
	day->withdrawn = NOBODY;
	return day;
}

void day_free(struct day *day)
{
	for (size_t d = 0; d < day->doors; d++)
		gate_tls_free(&day->side[d].tls);
	served_close(&day->served);
	free(day);
}

struct crowd_site day_site(struct day *day)
{
	return (struct crowd_site){.begin = begin, .before = before, .end = end, .self = day};
}

struct day_sums day_sums(const struct day *day)
{
	return day->sums;
}
