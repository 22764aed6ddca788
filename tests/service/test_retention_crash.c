/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A power cut at every write and sync of the sweep that erases old histories: afterwards it is
 * done, once, and nothing else is gone.
 */
#include "service/site.h"
#include "shim/shim.h"

#define MONTHS 2 /* as in the settings below */

static const char ini[] = "[site]\nname = School 7\n[retention]\naccess = 2\n";

struct told {
	size_t erased, others;
};

static tanu_status take_event(void *self, const struct history_view *v, tanu_error *err)
{
	struct told *told = self;

	(void)err;
	told->erased += v->event == TANU_EVENT_HISTORY_ERASED;
	told->others += v->event != TANU_EVENT_HISTORY_ERASED;
	return TANU_OK;
}

static bool has_key(const struct site *site, const tanu_id *id, int64_t at_ms)
{
	const struct key_name name = {
	    .subject = *id, .kind = KEY_HISTORY, .quarter = vault_quarter(at_ms)};

	return vault_has_key(site->s->vault, &name);
}

/* So many months after the end of the quarter. */
static int64_t end_of_time(int64_t begun_ms)
{
	const int next = vault_quarter(begun_ms) + 1;
	const tanu_date end = {(int16_t)(next / 4), (int8_t)(next % 4 * 3 + 1 + MONTHS), 1};

	return date_to_days(end) * DAY;
}

/* A history whose time is over at the next opening; `site` is closed then. */
static int64_t prepare(struct site *site, tanu_id *anna, tanu_id *berik)
{
	char path[OS_PATH_MAX];
	int64_t begun, left;

	snprintf(path, sizeof(path), "%s/tanu.ini", site->dir);
	MUST(os_replace_file(path, ini, strlen(ini), 0600, err));
	site_reopen(site);
	*anna = add_person(site, "Anna", 30);
	*berik = add_person(site, "Berik", 30); /* agreed to nothing: kept longer */
	begun = site_clock(site);
	give(site, anna, TANU_PURPOSE_ACCESS, 1500);
	MUST(service_publish(site->s, err));
	/* the last step, over the end, is the scenario's */
	left = end_of_time(begun) + DAY - begun;
	for (; left > 20 * DAY; left -= 20 * DAY) {
		site->ahead_ms += 20 * DAY;
		site_reopen(site);
		if (!has_key(site, anna, begun))
			fail_msg("it was swept too early");
	}
	service_close(&site->s);
	site->ahead_ms += left;
	return begun;
}

static int run_script(const char *root, const char *ahead)
{
	struct site site = {.ahead_ms = strtoll(ahead, NULL, 10), .step_ms = 1};

	snprintf(site.dir, sizeof(site.dir), "%s/data", root);
	site_open_dir(&site, site.dir);
	shim_mark("swept");
	MUST(service_publish(site.s, err));
	service_close(&site.s);
	return 0;
}

struct cuts {
	int64_t ahead_ms, begun_ms;
	tanu_id anna, berik;
	size_t states;
};

static tanu_status check_cut(void *self, const struct shim_crash *crash, tanu_error *err)
{
	struct cuts *cuts = self;
	struct site site = {.ahead_ms = cuts->ahead_ms, .step_ms = 1};
	struct told anna = {0}, berik = {0};
	tanu_status st;

	cuts->states++;
	snprintf(site.dir, sizeof(site.dir), "%s/data", crash->folder);
	site_open_dir(&site, site.dir);
	if ((st = service_history_each(site.s, &cuts->anna, take_event, &anna, err)) == TANU_OK &&
	    (st = service_history_each(site.s, &cuts->berik, take_event, &berik, err)) == TANU_OK &&
	    (st = service_check(site.s, err)) == TANU_OK)
		st = service_publish(site.s, err);
	if (st == TANU_OK && site.s->journal.stopped.status < 0) {
		*err = site.s->journal.stopped;
		st = err->status;
	}
	if (st == TANU_OK && (anna.erased != 1 || anna.others != 0 || berik.others != 1 ||
			      has_key(&site, &cuts->anna, cuts->begun_ms) ||
			      !has_key(&site, &cuts->berik, cuts->begun_ms)))
		st = tanu_fail(err, TANU_ERR_DB_DAMAGED, NULL,
			       "%zu words of an erasure, %zu events left, %zu of another person",
			       anna.erased, anna.others, berik.others);
	service_close(&site.s);
	return st;
}

static void no_power_cut_erases_a_history_twice_or_half(void **state)
{
	char rebuilt[] = "/dev/shm/tanu-rebuilt-XXXXXX", ahead[32];
	struct site *site = *state;
	struct cuts cuts = {0};
	char *argv[] = {"/proc/self/exe", "--scenario", site->root, ahead, NULL};
	struct shim *shim = NULL;

	if (!os_is_dir("/dev/shm"))
		skip();
	cuts.begun_ms = prepare(site, &cuts.anna, &cuts.berik);
	cuts.ahead_ms = site->ahead_ms;
	snprintf(ahead, sizeof(ahead), "%lld", (long long)site->ahead_ms);
	assert_non_null(mkdtemp(rebuilt));
	MUST(shim_open(&shim, site->root, err));
	MUST(shim_run(shim, argv, err));
	shim_thin(shim);
	MUST(shim_each_crash(shim, rebuilt, 1, check_cut, &cuts, err));
	print_message("%zu calls, %zu states\n", shim_steps(shim), cuts.states);
	assert_true(cuts.states > 20);
	shim_close(&shim);
	site_remove_tree(rebuilt);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(no_power_cut_erases_a_history_twice_or_half),
	};

	if (argc == 4 && strcmp(argv[1], "--scenario") == 0)
		return run_script(argv[2], argv[3]);
	return cmocka_run_group_tests_name("service/retention_crash", tests, NULL, NULL);
}
