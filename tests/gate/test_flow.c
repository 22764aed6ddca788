/* SPDX-License-Identifier: Apache-2.0 */
/* The lane without a face, and every failure: closed at entry, free at exit, says why, recovers. */
#include "gate/world.h"

#include "codec/codec.h"
#include "lease/ticket.h"
#include "tlog/tlog.h"

#include <sys/stat.h>
#include <unistd.h>

static void open_with(struct world *w)
{
	add(w, 1, "8391");
	add(w, 2, "7264");
	add(w, 3, NULL);
	world_open(w);
	lend(w, 96);
	act(w, "walk 400 900");
}

static void assert_locked(struct world *w)
{
	assert_false(door_free(w));
	assert_string_equal(seen(w).door, "locked");
}

/* ---- the gate's word, to be taken home ---- */

static struct gate_ticket ticket_shown(struct world *w)
{
	struct gate_ticket ticket = {.number = 0};
	struct buf note = {0};
	uint8_t key[PUBLIC_KEY_LEN];
	tanu_verifier verifier = {.kind = TANU_KEY_ED25519};
	tanu_note split;

	MUST(base64_get(&note, seen(w).ticket, strlen(seen(w).ticket), err));
	MUST(tanu_note_split(&split, buf_cstr(&note), note.len, err));
	sign_public_key(key, &w->identity.sign);
	gate_key_name(verifier.name, &w->identity.pair.gate);
	memcpy(verifier.key, key, sizeof(key));
	verifier.key_id = key_id_of(verifier.name, verifier.kind, key);
	MUST(tanu_note_verify(&split, &verifier, NULL, err));
	MUST(gate_ticket_read(&ticket, split.text, split.text_len, err));
	buf_free(&note);
	return ticket;
}

static void whoever_asks_gets_a_ticket_once(void **state)
{
	struct world *w = *state;
	struct gate_ticket t;
	tanu_id who = id_of(1);

	open_with(w);
	type(w, "*");
	assert_string_equal(seen(w).ticket, ""); /* nobody was here */
	show_card(w, 1);
	type(w, "8391#");
	assert_string_equal(seen(w).ticket, ""); /* not asked for */
	type(w, "*");
	t = ticket_shown(w);
	assert_true(id_equal(&t.subject, &who));
	assert_true(t.admitted);
	assert_string_equal(t.way, "card+pin");
	assert_int_equal(t.features, 0);
	assert_int_equal(t.at_ms, last_decision(w)->at_ms);
	assert_string_equal(w->told, "ticket-code");
	/* the number is that of its event at the site */
	assert_true(t.number > 0 && t.number <= w->acked);
	assert_int_equal(w->events[t.number - 1].kind, GATE_EVENT_DECISION);
	pass_time(w, 21000);
	assert_string_equal(seen(w).ticket, "");
	type(w, "*"); /* it was given */
	assert_string_equal(seen(w).ticket, "");
}

static void the_next_person_gets_none_of_the_one_before(void **state)
{
	struct world *w = *state;
	struct gate_ticket t;
	tanu_id two = id_of(2);

	open_with(w);
	show_card(w, 1);
	type(w, "8391#");
	pass_time(w, 4000);
	show_card(w, 2);
	type(w, "*"); /* in her PIN it means: begin again */
	assert_string_equal(seen(w).ticket, "");
	type(w, "7264#");
	MUST(gate_command(w->gate, "ticket", w->now_ms, err));
	t = ticket_shown(w);
	assert_true(id_equal(&t.subject, &two));
	skip_time(w, 31000);
	assert_true(gate_command(w->gate, "ticket", w->now_ms, NULL) == TANU_NOT_FOUND);
	show_card(w, 99); /* of nobody: there is nobody to give one to */
	pass_time(w, 100);
	assert_true(gate_command(w->gate, "ticket", w->now_ms, NULL) == TANU_NOT_FOUND);
}

/* ---- who comes in ---- */

static void a_card_and_its_pin_open_once(void **state)
{
	struct world *w = *state;
	const struct gate_event *e;

	open_with(w);
	show_card(w, 1);
	assert_false(door_free(w)); /* a card alone is one factor */
	assert_string_equal(w->told, "pin");
	type(w, "8391#");
	assert_true(door_free(w));
	assert_string_equal(w->told, "go");
	pass_time(w, 500);
	assert_false(door_free(w)); /* she is through: one passage a grant */
	pass_time(w, 3000);
	assert_locked(w);
	e = last_decision(w);
	assert_int_equal(e->verdict, RULES_GRANT);
	assert_int_equal(e->way, RULES_CARD | RULES_PIN);
	assert_true(e->time_trusted);
	assert_int_equal(e->embeddings, 0);
	assert_int_equal(count(w, GATE_EVENT_DECISION, NULL), 1);
	assert_string_equal(w->told, "ready");
}

static void a_stolen_card_opens_nothing(void **state)
{
	struct world *w = *state;

	open_with(w);
	for (int i = 0; i < 5; i++) {
		show_card(w, 1);
		type(w, i == 3 ? "7264#" : "1000#"); /* another person's PIN is as wrong */
		assert_false(door_free(w));
		pass_time(w, 20);
	}
	show_card(w, 1);
	type(w, "8391#"); /* right at last, and too late */
	assert_false(door_free(w));
	assert_int_equal(last_decision(w)->reason, RULES_R_PIN_LOCKED);
	assert_true(seen(w).bell);
	pass_time(w, 901000);
	show_card(w, 1);
	type(w, "8391#");
	assert_true(door_free(w));
}

static void cards_that_do_not_count_call_somebody(void **state)
{
	struct world *w = *state;

	w->people[4].blocked = true;
	add(w, 4, "1357");
	add(w, 5, "1357");
	w->people[5].card_until_ms = T0;
	add(w, 6, "1357");
	w->people[6].not_allowed = true;
	open_with(w);
	show_card(w, 99);
	assert_int_equal(last_decision(w)->reason, RULES_R_UNKNOWN);
	pass_time(w, 3000);
	show_card(w, 4);
	assert_int_equal(last_decision(w)->reason, RULES_R_BLOCKED);
	pass_time(w, 3000);
	show_card(w, 5);
	assert_int_equal(last_decision(w)->reason, RULES_R_OUT_OF_DATE);
	pass_time(w, 3000);
	show_card(w, 6);
	assert_int_equal(last_decision(w)->reason, RULES_R_NOT_ALLOWED);
	assert_string_equal(seen(w).shown, "assist"); /* the same for all of them */
	assert_string_equal(w->told, "coming");
	assert_int_equal(count(w, GATE_EVENT_BELL, "called"), 1);
	assert_false(door_free(w));
}

static void who_has_no_pin_gets_the_guard(void **state)
{
	struct world *w = *state;

	open_with(w);
	show_card(w, 3);
	assert_string_equal(seen(w).visit, "guard");
	MUST(gate_command(w->gate, "guard yes", w->now_ms, err));
	assert_true(door_free(w));
	assert_int_equal(last_decision(w)->way, RULES_CARD | RULES_GUARD);
	pass_time(w, 5000);
	show_card(w, 3);
	MUST(gate_command(w->gate, "guard no", w->now_ms, err));
	assert_false(door_free(w));
	assert_int_equal(last_decision(w)->reason, RULES_R_GUARD_REFUSED);
}

static void the_guard_is_called_within_twenty_seconds_or_it_is_told(void **state)
{
	struct world *w = *state;

	open_with(w);
	MUST(gate_command(w->gate, "bell", w->now_ms, err));
	assert_true(seen(w).bell);
	pass_time(w, 19000);
	assert_int_equal(count(w, GATE_EVENT_BELL, "late"), 0);
	pass_time(w, 2000);
	assert_int_equal(count(w, GATE_EVENT_BELL, "late"), 1);
	MUST(gate_command(w->gate, "answered", w->now_ms, err));
	assert_false(seen(w).bell);
	assert_int_equal(count(w, GATE_EVENT_BELL, "answered"), 1);
}

static void a_lockdown_lets_nobody_in_but_by_the_guard_and_everybody_out(void **state)
{
	struct world *w = *state;

	open_with(w);
	MUST(gate_command(w->gate, "lockdown on", w->now_ms, err));
	show_card(w, 1);
	type(w, "8391#");
	assert_false(door_free(w));
	act(w, "exit");
	assert_true(door_free(w));
	pass_time(w, 7000);
	assert_false(door_free(w));
	MUST(gate_command(w->gate, "release", w->now_ms, err));
	assert_true(door_free(w));
	pass_time(w, 7000);
	assert_false(door_free(w));
	MUST(gate_command(w->gate, "lockdown off", w->now_ms, err));
	show_card(w, 1);
	type(w, "8391#");
	assert_true(door_free(w));
	assert_int_equal(count(w, GATE_EVENT_DOOR, "lockdown"), 1);
	assert_int_equal(count(w, GATE_EVENT_DOOR, "lockdown-over"), 1);
}

/* Pulling the plug opens nothing. */
static void a_lockdown_outlives_a_restart(void **state)
{
	struct world *w = *state;
	char path[128];

	open_with(w);
	MUST(gate_command(w->gate, "lockdown on", w->now_ms, err));
	world_close(w);
	world_open(w);
	pass_time(w, 1000);
	show_card(w, 1);
	type(w, "8391#");
	assert_false(door_free(w));
	assert_int_equal(last_decision(w)->reason, RULES_R_LOCKDOWN);
	MUST(gate_command(w->gate, "lockdown off", w->now_ms, err));
	world_close(w);
	snprintf(path, sizeof(path), "%s/lockdown", w->state);
	MUST(os_replace_file(path, "\x04", 1, 0600, err)); /* nobody can have written that */
	world_open(w);
	pass_time(w, 1000);
	show_card(w, 1);
	type(w, "8391#");
	assert_false(door_free(w));
	MUST(gate_command(w->gate, "lockdown off", w->now_ms, err));
	world_close(w);
	world_open(w);
	pass_time(w, 1000);
	show_card(w, 1);
	type(w, "8391#");
	assert_true(door_free(w));
}

static void fire_frees_the_exit_and_ends(void **state)
{
	struct world *w = *state;

	open_with(w);
	act(w, "fire on");
	assert_true(door_free(w));
	pass_time(w, 60000);
	assert_true(door_free(w));
	act(w, "fire off");
	pass_time(w, 100);
	assert_false(door_free(w));
	assert_int_equal(count(w, GATE_EVENT_DOOR, "fire"), 1);
	assert_int_equal(count(w, GATE_EVENT_DOOR, "fire-over"), 1);
}

static void a_forced_and_a_held_door_are_told(void **state)
{
	struct world *w = *state;

	open_with(w);
	act(w, "open");
	assert_int_equal(count(w, GATE_EVENT_DOOR, "forced"), 1);
	act(w, "shut");
	pass_time(w, 1000);
	act(w, "walk 400 40000");
	show_card(w, 1);
	type(w, "8391#");
	pass_time(w, 20000);
	assert_int_equal(count(w, GATE_EVENT_DOOR, "held-open"), 1);
}

static void who_is_inside_is_noted(void **state)
{
	struct world *w = *state;

	w->zone.passback = 2; /* hard */
	open_with(w);
	show_card(w, 1);
	type(w, "8391#");
	pass_time(w, 5000);
	show_card(w, 1); /* lent to somebody outside */
	type(w, "8391#");
	assert_false(door_free(w));
	assert_int_equal(last_decision(w)->reason, RULES_R_PASSBACK);
}

static void the_next_person_waits_for_the_door(void **state)
{
	struct world *w = *state;

	open_with(w);
	act(w, "walk 2000 2000");
	show_card(w, 1);
	type(w, "8391#");
	pass_time(w, 2500); /* the leaf is open, she goes through */
	show_card(w, 2);
	type(w, "7264#");
	pass_time(w, 10000);
	assert_int_equal(seen(w).grants, 2);
	assert_int_equal(count(w, GATE_EVENT_DOOR, "second-passage"), 0);
}

/* ---- what fails ---- */

static void without_a_known_time_cards_go_on_and_the_lease_does_not(void **state)
{
	struct world *w = *state;

	MUST(settings_set(&w->settings, "clock.battery", "no", err));
	w->ahead_ms = -20LL * 365 * 86400000; /* the clock fell back */
	open_with(w);
	assert_false(seen(w).time_trusted);
	assert_false(seen(w).lease_valid);
	show_card(w, 1);
	type(w, "8391#");
	assert_true(door_free(w));
	assert_false(last_decision(w)->time_trusted);
	gate_time_set(w->gate, T0 + w->now_ms);
	assert_true(seen(w).lease_valid);
	assert_int_equal(count(w, GATE_EVENT_CLOCK, "clock-known"), 1);
}

static void a_clock_that_is_set_back_revives_nothing(void **state)
{
	struct world *w = *state;
	size_t lent;

	open_with(w);
	pass_time(w, 2000);
	for (int i = 1; i <= 3; i++) {
		w->people[i].consents = w->people[i].has_reference = true;
		memset(w->people[i].reference.v, i, TANU_FEATURES);
		w->people[i].reference.scale = 1;
	}
	lend(w, 1);
	lent = seen(w).lent.entries;
	w->now_ms += 3600000;
	pass_time(w, 2000);
	assert_false(seen(w).lease_valid);
	assert_int_equal(count(w, GATE_EVENT_LEASE, "lease-expired"), 1);
	/* and it signs for everybody that what it was lent is gone */
	assert_int_equal(lent, 3);
	assert_int_equal(count(w, GATE_EVENT_ERASED, NULL), lent);
	w->ahead_ms = -7200000;
	pass_time(w, 2000);
	assert_false(seen(w).lease_valid);
	assert_int_equal(count(w, GATE_EVENT_CLOCK, "clock-jumped"), 1);
	assert_int_equal(seen(w).lent.entries, 0);
	show_card(w, 1); /* cards go on */
	type(w, "8391#");
	assert_true(door_free(w));
	/* nor over a restart, with a battery clock that was set back */
	world_close(w);
	world_open(w);
	pass_time(w, 2000);
	assert_false(seen(w).lease_valid);
}

static void a_full_disk_lets_nobody_in_but_by_the_guard(void **state)
{
	struct world *w = *state;

	MUST(settings_set(&w->settings, "spool.events", "100", err));
	open_with(w);
	for (int i = 0; i < 120; i++) {
		MUST(gate_command(w->gate, "bell", w->now_ms, err));
		MUST(gate_command(w->gate, "answered", w->now_ms, err));
		pass_time(w, 20);
	}
	assert_true(seen(w).events_stopped);
	assert_true(seen(w).events_alarm);
	pass_time(w, 61000);
	show_card(w, 1);
	type(w, "8391#");
	assert_false(door_free(w));
	act(w, "exit");
	assert_true(door_free(w)); /* free at exit */
	pass_time(w, 7000);
	MUST(gate_command(w->gate, "release", w->now_ms, err));
	assert_true(door_free(w));
	pass_time(w, 7000);
	collect(w); /* the site takes them: it goes on by itself */
	pass_time(w, 2000);
	assert_false(seen(w).events_stopped);
	show_card(w, 1);
	type(w, "8391#");
	assert_true(door_free(w));
	assert_true(count(w, GATE_EVENT_LOST, "events-lost") >= 1); /* and says what is missing */
}

static void a_silent_door_grants_nothing_and_recovers(void **state)
{
	struct world *w = *state;

	open_with(w);
	act(w, "door off");
	pass_time(w, 2000);
	assert_string_equal(seen(w).door, "fault");
	show_card(w, 1);
	type(w, "8391#");
	assert_int_not_equal(last_decision(w)->verdict, RULES_GRANT);
	assert_int_equal(count(w, GATE_EVENT_DOOR, "door-fault"), 1);
	act(w, "door on");
	pass_time(w, 5000);
	show_card(w, 1);
	type(w, "8391#");
	assert_true(door_free(w));
	assert_int_equal(count(w, GATE_EVENT_DOOR, "door-fault-over"), 1);
}

static void a_dead_reader_is_told_and_forgets(void **state)
{
	struct world *w = *state;

	open_with(w);
	act(w, "reader off");
	pass_time(w, 1000);
	assert_int_equal(seen(w).readers_on, 0);
	assert_int_equal(count(w, GATE_EVENT_DEVICE, "reader-off/front"), 1);
	act(w, "reader on");
	pass_time(w, 1000);
	assert_int_equal(seen(w).readers_on, 1);
	show_card(w, 1);
	type(w, "8391#");
	assert_true(door_free(w));
}

/* Killed in each state of a visit and of the door: it comes back locked, and knows what it knew. */
static void killed_anywhere_it_comes_back_shut(void **state)
{
	static const struct {
		const char *card, *keys;
		int64_t ms;
	} at[] = {{NULL, NULL, 0},     {"1", NULL, 0},	     {"1", "83", 0}, {"1", "8391#", 0},
		  {"1", "8391#", 450}, {"1", "8391#", 1500}, {"3", NULL, 0}, {"99", NULL, 100}};
	struct world *w = *state;
	uint64_t decisions = 0;

	open_with(w);
	for (size_t i = 0; i < ARRAY_LEN(at); i++) {
		act(w, "walk 400 900");
		if (at[i].card)
			show_card(w, (size_t)atoi(at[i].card));
		if (at[i].keys)
			type(w, at[i].keys);
		if (at[i].ms)
			pass_time(w, at[i].ms);
		decisions = count(w, GATE_EVENT_DECISION, NULL);
		world_close(w);
		world_open(w);
		pass_time(w, 100);
		assert_locked(w);
		assert_string_equal(seen(w).visit, "ready");
		assert_true(seen(w).lease_valid);
		assert_int_equal(count(w, GATE_EVENT_DECISION, NULL), decisions);
	}
	show_card(w, 1);
	type(w, "8391#");
	assert_true(door_free(w));
}

/* ---- what a thief has ---- */

static void without_power_there_are_no_keys(void **state)
{
	struct world *w = *state;
	char command[160];

	open_with(w);
	world_close(w);
	snprintf(command, sizeof(command), "rm -rf '%s'", w->run); /* memory */
	assert_int_equal(system(command), 0);
	world_open(w);
	assert_false(seen(w).lease_valid);
	assert_int_equal(seen(w).lent.cards, 0);
	show_card(w, 1);
	type(w, "8391#");
	assert_false(door_free(w));
	lend(w, 96); /* the site is back */
	show_card(w, 1);
	type(w, "8391#");
	assert_true(door_free(w));
}

static void with_the_operators_word_cards_survive_a_power_cut(void **state)
{
	struct world *w = *state;
	char command[160];

	MUST(settings_set(&w->settings, "lease.cards_on_disk", "yes", err));
	open_with(w);
	world_close(w);
	snprintf(command, sizeof(command), "rm -rf '%s'", w->run);
	assert_int_equal(system(command), 0);
	world_open(w);
	assert_int_equal(seen(w).lent.entries, 0);
	show_card(w, 1);
	type(w, "8391#");
	assert_true(door_free(w));
}

static void keys_on_a_disk_are_refused(void **state)
{
	struct world *w = *state;
	struct gate_options o = {.settings = &w->settings, .identity = &w->identity};
	tanu_error why = {0};
	struct gate *gate = NULL;

	if (os_is_memory("/tmp") || !os_is_dir("/var/tmp") || os_is_memory("/var/tmp"))
		skip();
	MUST(settings_set(&w->settings, "run.dir", "/var/tmp/tanu-gate-test-keys", err));
	assert_true(gate_open(&gate, &o, &why) < 0);
	assert_string_equal(why.place, "run.dir");
	rmdir("/var/tmp/tanu-gate-test-keys");
}

static void the_state_names_nobody(void **state)
{
	struct world *w = *state;
	struct buf line = {0};
	char hex[ID_HEX_LEN];
	tanu_id who = id_of(1);

	open_with(w);
	show_card(w, 1);
	gate_state_json(w->gate, &line, w->now_ms);
	id_hex(hex, &who);
	assert_null(strstr(buf_cstr(&line), hex));
	assert_non_null(strstr(buf_cstr(&line), "\"door\":\"locked\""));
	buf_free(&line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD_TEST(whoever_asks_gets_a_ticket_once),
	    WORLD_TEST(the_next_person_gets_none_of_the_one_before),
	    WORLD_TEST(a_card_and_its_pin_open_once),
	    WORLD_TEST(a_stolen_card_opens_nothing),
	    WORLD_TEST(cards_that_do_not_count_call_somebody),
	    WORLD_TEST(who_has_no_pin_gets_the_guard),
	    WORLD_TEST(the_guard_is_called_within_twenty_seconds_or_it_is_told),
	    WORLD_TEST(a_lockdown_outlives_a_restart),
	    WORLD_TEST(a_lockdown_lets_nobody_in_but_by_the_guard_and_everybody_out),
	    WORLD_TEST(fire_frees_the_exit_and_ends),
	    WORLD_TEST(a_forced_and_a_held_door_are_told),
	    WORLD_TEST(who_is_inside_is_noted),
	    WORLD_TEST(the_next_person_waits_for_the_door),
	    WORLD_TEST(without_a_known_time_cards_go_on_and_the_lease_does_not),
	    WORLD_TEST(a_clock_that_is_set_back_revives_nothing),
	    WORLD_TEST(a_full_disk_lets_nobody_in_but_by_the_guard),
	    WORLD_TEST(a_silent_door_grants_nothing_and_recovers),
	    WORLD_TEST(a_dead_reader_is_told_and_forgets),
	    WORLD_TEST(killed_anywhere_it_comes_back_shut),
	    WORLD_TEST(without_power_there_are_no_keys),
	    WORLD_TEST(with_the_operators_word_cards_survive_a_power_cut),
	    WORLD_TEST(keys_on_a_disk_are_refused),
	    WORLD_TEST(the_state_names_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
