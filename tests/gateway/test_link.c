/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Site and gate over real TLS: pairing by the code, leases and withdrawals, events that arrive once
 * though the server dies, and those whom the site does not know.
 */
#include "gateway/served.h"

#include "device/sim.h"
#include "lease/spool.h"
#include "rules/rules.h"

#include <unistd.h>

struct pair_world {
	struct served served;
	struct gate_tls tls;
	struct gate_identity identity;
	struct settings settings;
	struct sim_world *sim;
	struct gate *gate;
	char state[96];
	tanu_id gate_id;
	int64_t ahead_ms; /* of the gate's machine: so long it has been up besides */
	int watched;	  /* releases that whoever watches was told of */
};

static void enter(struct pair_world *w)
{
	served_enter(&w->served);
}

static void leave(struct pair_world *w)
{
	served_leave(&w->served);
}

static void stop(struct pair_world *w)
{
	served_stop(&w->served);
}

static void watch(void *self, const tanu_id *gate, const struct gate_event *event)
{
	struct pair_world *w = self;

	assert_true(id_equal(gate, &w->gate_id));
	w->watched += event->kind == GATE_EVENT_DECISION && event->reason == RULES_R_RELEASED;
}

/* ---- the gate ---- */

static void set(struct pair_world *w, const char *name, const char *value)
{
	MUST(settings_set(&w->settings, name, value, err));
}

static int64_t up_since_boot(void *self)
{
	return os_boot_ms() + ((struct pair_world *)self)->ahead_ms;
}

static void gate_start(struct pair_world *w)
{
	struct gate_options o = {.settings = &w->settings,
				 .identity = &w->identity,
				 .boot_ms = up_since_boot,
				 .boot_self = w};

	MUST(sim_world_open(&w->sim, "", 0, err));
	o.door = sim_world_door(w->sim);
	MUST(gate_open(&w->gate, &o, err));
	set(w, "link.url", w->served.url);
	MUST(gate_link(w->gate, buf_cstr(&w->tls.certificate), buf_cstr(&w->tls.key), err));
}

static void gate_stop(struct pair_world *w)
{
	gate_close(&w->gate);
	sim_world_close(&w->sim);
}

/* Step until it is so, at most some seconds; the milliseconds that it took. */
static int64_t until(struct pair_world *w, bool (*so)(struct pair_world *w))
{
	int64_t begin = os_monotonic_ns() / 1000000, now = begin;

	while (!so(w)) {
		if (now - begin > 15000)
			fail_msg("it did not come to that");
		MUST(gate_step(w->gate, now, err));
		gate_wait(w->gate, now, 20);
		now = os_monotonic_ns() / 1000000;
	}
	return now - begin;
}

static void steps(struct pair_world *w, int64_t for_ms)
{
	const int64_t begin = os_monotonic_ns() / 1000000;
	int64_t now = begin;

	while (now - begin < for_ms) {
		MUST(gate_step(w->gate, now, err));
		gate_wait(w->gate, now, 20);
		now = os_monotonic_ns() / 1000000;
	}
}

static struct gate_state state_of(struct pair_world *w)
{
	struct gate_state s;

	gate_state(w->gate, &s, os_monotonic_ns() / 1000000);
	return s;
}

static bool lent_one(struct pair_world *w)
{
	return state_of(w).lease_valid && state_of(w).lent.entries == 1;
}

static bool lent_none(struct pair_world *w)
{
	return state_of(w).lent.entries == 0;
}

static bool all_told(struct pair_world *w)
{
	return state_of(w).events_waiting == 0;
}

static bool link_down(struct pair_world *w)
{
	return !state_of(w).link_up;
}

static bool locked(struct pair_world *w)
{
	return strcmp(state_of(w).door, "lockdown") == 0;
}

static bool unlocked(struct pair_world *w)
{
	return strcmp(state_of(w).door, "locked") == 0;
}

static bool let_in(struct pair_world *w)
{
	return state_of(w).released;
}

static bool link_is_up(struct pair_world *w)
{
	return state_of(w).link_up;
}

static bool nothing_left(struct pair_world *w)
{
	return state_of(w).lent.entries == 0 && state_of(w).lent.cards == 0;
}

/* ---- pairing ---- */

static void pair(struct pair_world *w)
{
	w->gate_id = served_pair(&w->served, &w->identity, w->state, &w->tls, "north");
}

static int setup(void **state)
{
	struct random_source random = os_random();
	struct pair_world *w = calloc(1, sizeof(*w));
	const struct gate_watcher watcher = {.told = watch, .self = w};
	const struct setting_row *rows;
	char run[96];
	size_t len;

	assert_non_null(w);
	served_open(&w->served, &watcher);
	gate_tls_make(&w->tls, &w->served, "gate-tls");
	rows = gate_settings(&len);
	MUST(settings_init(&w->settings, rows, len, err));
	snprintf(w->state, sizeof(w->state), "%s/gate", w->served.site->root);
	snprintf(run, sizeof(run), "%s/run", w->served.site->root);
	set(w, "state.dir", w->state);
	set(w, "run.dir", run);
	set(w, "link.poll_ms", "200");
	MUST(gate_identity_open(&w->identity, w->state, &random, err));
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct pair_world *w = *state;

	gate_stop(w);
	settings_free(&w->settings);
	gate_tls_free(&w->tls);
	served_close(&w->served);
	free(w);
	return 0;
}

static tanu_id enrolled(struct pair_world *w, const char *name)
{
	tanu_id id;

	enter(w);
	id = add_person(w->served.site, name, 30);
	give(w->served.site, &id, TANU_PURPOSE_ACCESS, 30);
	keep_reference(w->served.site, &id, 3);
	leave(w);
	return id;
}

static void a_withdrawal_is_at_the_gate_within_seconds(void **state)
{
	struct pair_world *w = *state;
	tanu_id who = enrolled(w, "Aigerim");
	struct erasure_receipt receipt = {.receipt = {{0}}};
	struct buf notes = {0}, file = {0}, more = {0};
	struct gates_said said = {0};
	size_t confirmed = 0;
	int64_t took;

	pair(w);
	gate_start(w);
	until(w, lent_one);
	assert_true(state_of(w).time_trusted); /* the site has said what time it is */
	enter(w);
	MUST(service_consent_withdraw(w->served.site->s, &receipt, &who, 0, err));
	MUST(service_erasure_receipt(w->served.site->s, &file, &receipt, err));
	leave(w);
	took = until(w, lent_none);
	assert_true(took < 5000);
	until(w, all_told);
	enter(w);
	MUST(service_gate_confirmations(w->served.site->s, &notes, &confirmed, &who, err));
	MUST(service_receipt_with_gates(w->served.site->s, &more, &said, file.data, file.len, err));
	leave(w);
	assert_int_equal(confirmed, 1);
	assert_int_equal(said.named, 1); /* the receipt named the gate, and now has its word */
	assert_int_equal(said.erased, 1);
	buf_free(&notes);
	buf_free(&file);
	buf_free(&more);
}

static size_t signed_in(struct pair_world *w, const struct buf *receipt)
{
	struct gates_said said = {0};
	struct buf more = {0};

	enter(w);
	MUST(service_receipt_with_gates(w->served.site->s, &more, &said, receipt->data,
					receipt->len, err));
	leave(w);
	assert_int_equal(said.named, 1);
	buf_free(&more);
	return said.erased;
}

/* Nobody can tell it; its lease ends by itself, and the word comes when the site is there again. */
static void a_gate_that_is_away_erases_at_the_end_of_its_lease(void **state)
{
	static const int64_t lease_ms = 97LL * 3600 * 1000; /* setting lease.hours, and one more */
	struct pair_world *w = *state;
	tanu_id who = enrolled(w, "Aigerim");
	struct erasure_receipt receipt = {.receipt = {{0}}};
	struct buf file = {0};

	pair(w);
	gate_start(w);
	until(w, lent_one);
	until(w, all_told);
	stop(w);
	until(w, link_down);
	enter(w);
	MUST(service_consent_withdraw(w->served.site->s, &receipt, &who, 0, err));
	MUST(service_erasure_receipt(w->served.site->s, &file, &receipt, err));
	leave(w);
	assert_int_equal(signed_in(w, &file), 0);
	assert_true(lent_one(w)); /* it can't know */
	w->ahead_ms = w->served.site->ahead_ms = lease_ms;
	until(w, lent_none);
	served_again(&w->served);
	until(w, all_told);
	assert_int_equal(signed_in(w, &file), 1);
	buf_free(&file);
}

static void order_lockdown(struct pair_world *w, bool on, size_t want)
{
	size_t changed = 0;

	enter(w);
	MUST(service_gates_lockdown(w->served.site->s, &changed, NULL, 0, on, err));
	leave(w);
	assert_int_equal(changed, want);
}

static void order_release(struct pair_world *w)
{
	enter(w);
	MUST(service_gate_release(w->served.site->s, &w->gate_id, err));
	leave(w);
}

static void a_lockdown_of_the_site_reaches_the_gate_and_stays(void **state)
{
	struct pair_world *w = *state;
	struct gate_view view = {0};

	pair(w);
	gate_start(w);
	until(w, link_is_up);
	order_lockdown(w, true, 1);
	order_lockdown(w, true, 0); /* it is */
	until(w, locked);
	steps(w, 600);
	enter(w);
	MUST(service_gate_get(w->served.site->s, &view, &w->gate_id, err));
	leave(w);
	assert_true(view.in_lockdown); /* the gate has said so itself */
	MUST(gate_command(w->gate, "lockdown off", 0, err));
	assert_true(locked(w)); /* the site's is not ended here */
	stop(w);
	until(w, link_down);
	gate_stop(w);
	gate_start(w);
	steps(w, 300);
	assert_true(locked(w)); /* nor by pulling the plug, out of touch */
	served_again(&w->served);
	until(w, link_is_up);
	assert_true(locked(w));
	order_release(w);
	until(w, let_in); /* the operator may let somebody in all the same */
	until(w, locked);
	order_lockdown(w, false, 1);
	until(w, unlocked);
	until(w, all_told);
	enter(w);
	MUST(service_gate_get(w->served.site->s, &view, &w->gate_id, err));
	leave(w);
	assert_string_equal(view.notes[0].word, "lockdown-over");
}

/* Once, soon, and only to a gate that was asking when it was ordered. */
static void a_release_lets_in_once(void **state)
{
	struct pair_world *w = *state;
	struct gate_view view = {0};

	pair(w);
	gate_start(w);
	until(w, link_is_up);
	order_release(w);
	until(w, let_in);
	gate_stop(w);
	gate_start(w); /* what was ordered before it began is past */
	until(w, link_is_up);
	steps(w, 800);
	assert_false(let_in(w));
	enter(w);
	MUST(service_gate_release(w->served.site->s, &w->gate_id, err));
	w->served.site->ahead_ms += GATE_RELEASE_MS + 1;
	leave(w);
	steps(w, 800);
	assert_false(let_in(w)); /* too late */
	until(w, all_told);
	enter(w);
	MUST(service_gate_get(w->served.site->s, &view, &w->gate_id, err));
	MUST(service_gate_revoke(w->served.site->s, &w->gate_id, err));
	REFUSES(TANU_ERR_GATE, service_gate_release(w->served.site->s, &w->gate_id, err));
	leave(w);
	assert_int_equal(view.grants, 1);
	assert_int_equal(w->watched, 1);
}

static bool quiet(struct pair_world *w)
{
	return !state_of(w).bell;
}

static void a_bell_is_answered_from_afar(void **state)
{
	struct pair_world *w = *state;
	struct gate_view view = {0};

	pair(w);
	gate_start(w);
	until(w, link_is_up);
	MUST(gate_command(w->gate, "bell", os_monotonic_ns() / 1000000, err));
	steps(w, 300);
	assert_true(state_of(w).bell);
	enter(w);
	MUST(service_gate_answer(w->served.site->s, &w->gate_id, err));
	leave(w);
	until(w, quiet);
	until(w, all_told);
	enter(w);
	MUST(service_gate_get(w->served.site->s, &view, &w->gate_id, err));
	leave(w);
	assert_string_equal(view.notes[0].word, "answered");
}

/* A site whose clock is days behind: nothing is done for its sake, and it is told once. */
static void a_site_that_is_late_is_told_once(void **state)
{
	struct pair_world *w = *state;
	struct gate_view view = {0};
	int told = 0;

	enrolled(w, "Aigerim");
	pair(w);
	gate_start(w);
	until(w, lent_one);
	stop(w);
	until(w, link_down);
	w->ahead_ms = 2 * DAY;
	steps(w, 1500); /* it has seen that time itself */
	served_again(&w->served);
	until(w, link_is_up);
	steps(w, 1500);
	until(w, all_told);
	enter(w);
	MUST(service_gate_get(w->served.site->s, &view, &w->gate_id, err));
	leave(w);
	for (size_t i = 0; i < view.notes_len; i++)
		told += strcmp(view.notes[i].word, "clock-refused") == 0;
	assert_int_equal(told, 1);
}

static void events_arrive_once_though_the_server_dies(void **state)
{
	struct pair_world *w = *state;
	struct gate_view view = {0};

	enrolled(w, "Aigerim");
	pair(w);
	gate_start(w);
	until(w, lent_one);
	for (int round = 0; round < 3; round++) {
		stop(w);
		until(w, link_down);
		for (int i = 0; i < 20; i++)
			MUST(gate_command(w->gate, i % 2 ? "guard no" : "release",
					  os_monotonic_ns() / 1000000, err));
		if (round == 1) { /* and the gate too */
			gate_stop(w);
			gate_start(w);
		}
		served_again(&w->served);
		until(w, all_told);
	}
	enter(w);
	MUST(service_gate_get(w->served.site->s, &view, &w->gate_id, err));
	leave(w);
	assert_int_equal(view.missing, 0);
	assert_true(view.grants + view.refusals >= 30);
	assert_true(state_of(w).lease_valid);
}

static void a_revoked_gate_erases_what_it_was_lent(void **state)
{
	struct pair_world *w = *state;

	enrolled(w, "Aigerim");
	pair(w);
	gate_start(w);
	until(w, lent_one);
	enter(w);
	MUST(service_gate_revoke(w->served.site->s, &w->gate_id, err));
	leave(w);
	until(w, nothing_left);
}

static void strangers_get_nothing(void **state)
{
	struct pair_world *w = *state;
	struct net_options any = {.any_server = true};
	struct net_options mine = {.any_server = true,
				   .certificate = buf_cstr(&w->tls.certificate),
				   .key = buf_cstr(&w->tls.key)};
	struct buf body = {0}, reply = {0};
	int status = 0;

	buf_str(&body, "TGQ2");
	for (int i = 0; i < 26; i++)
		buf_u8(&body, 0);
	MUST(served_ask(&w->served, "/gate/v1/sync", &any, &body, &status, &reply));
	assert_int_equal(status, 403); /* no certificate */
	MUST(served_ask(&w->served, "/gate/v1/sync", &mine, &body, &status, &reply));
	assert_int_equal(status, 403); /* one that is not known */
	pair(w);
	buf_free(&reply);
	MUST(served_ask(&w->served, "/gate/v1/sync", &mine, &body, &status, &reply));
	assert_int_equal(status, 200);
	body.len -= 3;
	MUST(served_ask(&w->served, "/gate/v1/sync", &mine, &body, &status, &reply));
	assert_int_equal(status, 400);
	buf_free(&body);
	buf_str(&body, "TGR1 guessed");
	for (int i = 0; i < 20; i++)
		MUST(served_ask(&w->served, "/gate/v1/pair", &any, &body, &status, &reply));
	assert_int_equal(status, 403);
	MUST(served_ask(&w->served, "/gate/v1/pair", &any, &body, &status, &reply));
	assert_int_equal(status, 429); /* nobody tries on and on */
	buf_free(&body);
	buf_free(&reply);
}

/* Another server, with another key, at the same address: nothing is told to it. */
static void another_server_is_not_believed(void **state)
{
	struct pair_world *w = *state;
	struct buf other_certificate = {0}, other_key = {0};

	enrolled(w, "Aigerim");
	pair(w);
	stop(w);
	served_certificate(&w->served, "impostor", &other_certificate, &other_key);
	w->served.tls.certificate = buf_cstr(&other_certificate);
	w->served.tls.key = buf_cstr(&other_key);
	served_again(&w->served);
	gate_start(w);
	steps(w, 800);
	assert_false(state_of(w).link_up);
	assert_int_equal(state_of(w).lent.entries, 0);
	assert_true(state_of(w).events_waiting > 0);
	stop(w);
	buf_free(&other_certificate);
	buf_free(&other_key);
}

#define LINK_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    LINK_TEST(a_withdrawal_is_at_the_gate_within_seconds),
	    LINK_TEST(a_gate_that_is_away_erases_at_the_end_of_its_lease),
	    LINK_TEST(a_lockdown_of_the_site_reaches_the_gate_and_stays),
	    LINK_TEST(a_release_lets_in_once),
	    LINK_TEST(a_bell_is_answered_from_afar),
	    LINK_TEST(a_site_that_is_late_is_told_once),
	    LINK_TEST(events_arrive_once_though_the_server_dies),
	    LINK_TEST(a_revoked_gate_erases_what_it_was_lent),
	    LINK_TEST(strangers_get_nothing),
	    LINK_TEST(another_server_is_not_believed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
