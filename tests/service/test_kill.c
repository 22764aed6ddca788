/* SPDX-License-Identifier: Apache-2.0 */
/*
 * 200 kills at random moments of a process that adds people, enrols, withdraws and removes them,
 * and tells over a pipe what it has finished: what was told is there afterwards, at most one act
 * more.
 */
#include "service/site.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define KILLS	200
#define ACCESS	TANU_PURPOSE_ACCESS
#define LONGEST 60 /* ms a child lives after its first act */

/* The life of one person; the next one begins when it is over. Every second person stays. */
enum act { ADD, GIVE, ENROL, WITHDRAW, REMOVE, ACTS };

/* How far it has come: `acts` of person `person` are done. */
struct progress {
	uint32_t person, acts;
};

static size_t acts_of(uint32_t person)
{
	return person % 2 ? ACTS : REMOVE;
}

static void name_of(char out[16], uint32_t person)
{
	snprintf(out, 16, "P%u", person);
}

static void do_act(struct site *site, struct progress at)
{
	struct erasure_receipt receipt;
	char name[16];
	tanu_id id = {0};

	name_of(name, at.person);
	if (at.acts == ADD) {
		add_person(site, name, 30);
		return;
	}
	MUST(service_subject_find(site->s, &id, name, err));
	if (at.acts == GIVE)
		give(site, &id, ACCESS, 30);
	else if (at.acts == ENROL)
		keep_reference(site, &id, at.person);
	else if (at.acts == WITHDRAW)
		MUST(service_consent_withdraw(site->s, &receipt, &id, 0, err));
	else
		MUST(service_subject_remove(site->s, &receipt, &id, err));
}

/* Act, tell, act, tell, until killed. */
static void live(struct site *site, int pipe, struct progress at)
{
	site_open_dir(site, site->dir);
	for (;;) {
		do_act(site, at);
		at.acts++;
		if (write(pipe, &at, sizeof(at)) != sizeof(at))
			_exit(1);
		if (at.acts == acts_of(at.person))
			at = (struct progress){.person = at.person + 1};
	}
}

/* Let a child live for a while; what it told last. */
static struct progress kill_one(struct site *site, struct progress at, unsigned ms)
{
	struct progress told = at, next;
	int ends[2], status = 0;
	pid_t child;

	assert_int_equal(pipe(ends), 0);
	child = fork();
	if (child == 0) {
		close(ends[0]);
		live(site, ends[1], at);
	}
	close(ends[1]);
	usleep(ms * 1000);
	kill(child, SIGKILL);
	while (read(ends[0], &next, sizeof(next)) == sizeof(next))
		told = next;
	close(ends[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status)); /* it did not fail by itself */
	return told;
}

/* How many acts of a person are done, by what the site says of her. */
static uint32_t acts_done(struct site *site, uint32_t person)
{
	struct subject_view view = {0};
	struct consent_list ledger = {0};
	char name[16];
	tanu_id id = {0};
	tanu_error error = {0};
	bool ended;

	name_of(name, person);
	if (service_subject_find(site->s, &id, name, &error) < 0) {
		assert_int_equal(error.code, TANU_ERR_SUBJECT_MISSING);
		return ADD; /* or removed: the caller knows */
	}
	MUST(service_subject_get(site->s, &view, &id, err));
	MUST(ledger_load(site->s, &ledger, &id, err));
	ended = ledger.len > 0 && ledger.v[0].state == TANU_CONSENT_WITHDRAWN;
	consent_list_free(&ledger);
	if (ended) {
		assert_false(view.enrolled);
		return WITHDRAW + 1;
	}
	if (view.enrolled) {
		assert_opens(site->s, &id, person);
		return ENROL + 1;
	}
	return view.live_purposes ? GIVE + 1 : ADD + 1;
}

/* All told acts are there, at most one more; where to go on. */
static struct progress check(struct site *site, struct progress told, size_t *more)
{
	struct progress at = told;
	struct service_report report = {0};
	uint32_t done;

	if (told.acts == acts_of(told.person)) /* told to the end: has the next one begun? */
		at = (struct progress){.person = told.person + 1};
	done = acts_done(site, at.person);
	if (done == ADD && at.acts == REMOVE && acts_of(at.person) == ACTS)
		done = ACTS; /* gone, and her removal was due */
	assert_in_range(done, at.acts, at.acts + 1);
	*more += done > at.acts;
	at.acts = done;
	if (at.acts == acts_of(at.person))
		at = (struct progress){.person = at.person + 1};
	MUST(service_report(site->s, &report, err));
	/* Persons 0, 2, 4... have stayed, and the present one if she was added. */
	assert_int_equal(report.subjects, (at.person + 1) / 2 + (at.acts > ADD));
	assert_int_equal(report.references, at.acts == ENROL + 1);
	assert_int_equal(report.keys, 1 + 3 * report.subjects + report.references);
	MUST(service_check(site->s, err));
	return at;
}

static void no_kill_costs_or_halves_an_act(void **state)
{
	struct site *site = *state;
	struct progress at = {0};
	size_t more = 0;
	unsigned random = 1;

	site->step_ms = 0; /* what a child adds to the clock dies with it */
	service_close(&site->s);
	for (int i = 0; i < KILLS; i++) {
		random = random * 1664525 + 1013904223;
		at = kill_one(site, at, 5 + (random >> 16) % LONGEST);
		site_open_dir(site, site->dir);
		at = check(site, at, &more);
		service_close(&site->s);
	}
	print_message("%d kills, %u people, %zu acts whole but not told\n", KILLS, at.person, more);
	assert_true(at.person > 1);
	site_open_dir(site, site->dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(no_kill_costs_or_halves_an_act),
	};

	return cmocka_run_group_tests_name("service/kill", tests, NULL, NULL);
}
