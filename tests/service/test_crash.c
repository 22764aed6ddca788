/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A power cut at every write and sync of a script of acts, from making the site to removing a
 * person: the folder opens, every acknowledged act is there, no half act, no unfinished erasure.
 */
#include "service/site.h"
#include "shim/shim.h"

#define ACCESS TANU_PURPOSE_ACCESS
#define VISIT  TANU_PURPOSE_VISIT

static const char *const names[] = {"Anna", "Berik", "Child", "Parent"};

enum { ANNA, BERIK, CHILD, PARENT, PEOPLE };

/*
 * What a site says about its people: purposes in force, the seed of the face, 0: none, and how
 * often the log key was renewed.
 */
struct standing {
	bool here;
	unsigned purposes;
	uint32_t face;
	unsigned renewed;
};

struct picture {
	struct standing of[PEOPLE];
};

/* ---- the script: each act is acknowledged by a mark ---- */

static tanu_id who(struct site *site, int person)
{
	tanu_id id = {0};

	MUST(service_subject_find(site->s, &id, names[person], err));
	return id;
}

static void adds_people(struct site *site)
{
	struct person people[PEOPLE] = {0};
	tanu_id ids[PEOPLE];

	for (int i = 0; i < PEOPLE; i++) {
		strcpy(people[i].name, names[i]);
		people[i].born = date_in(site, i == CHILD ? -3700 : -11000);
	}
	MUST(service_subject_add_many(site->s, ids, people, PEOPLE, err));
}

static void consents(struct site *site)
{
	tanu_id anna = who(site, ANNA);

	give(site, &anna, ACCESS | VISIT, 100);
}

static void consents_too(struct site *site)
{
	tanu_id berik = who(site, BERIK);

	give(site, &berik, ACCESS, 100);
}

static void registers_the_guardian(struct site *site)
{
	tanu_id child = who(site, CHILD), parent = who(site, PARENT);

	add_guardian(site, &child, &parent);
}

static void consents_for_the_child(struct site *site)
{
	tanu_id child = who(site, CHILD), parent = who(site, PARENT);
	struct consent_order order = order_by(site, &child, &parent, ACCESS, 100);

	MUST(service_consent_give(site->s, &order, err));
}

static void enrols_anna(struct site *site)
{
	tanu_id anna = who(site, ANNA);

	keep_reference(site, &anna, 1);
}

static void enrols_berik(struct site *site)
{
	tanu_id berik = who(site, BERIK);

	keep_reference(site, &berik, 2);
}

static void enrols_the_child(struct site *site)
{
	tanu_id child = who(site, CHILD);

	keep_reference(site, &child, 3);
}

static void enrols_anna_again(struct site *site)
{
	tanu_id anna = who(site, ANNA);

	keep_reference(site, &anna, 4);
}

static void withdraws_a_part(struct site *site)
{
	tanu_id anna = who(site, ANNA);
	struct erasure_receipt receipt;

	MUST(service_consent_withdraw(site->s, &receipt, &anna, VISIT, err));
	assert_false(receipt.reference_erased);
}

static void withdraws_all(struct site *site)
{
	tanu_id anna = who(site, ANNA);
	struct erasure_receipt receipt;

	MUST(service_consent_withdraw(site->s, &receipt, &anna, 0, err));
	assert_true(receipt.reference_erased);
}

static void publishes(struct site *site)
{
	MUST(service_publish(site->s, err));
}

static void removes_berik(struct site *site)
{
	tanu_id berik = who(site, BERIK);
	struct erasure_receipt receipt;

	MUST(service_subject_remove(site->s, &receipt, &berik, err));
}

static void asks_anna(struct site *site)
{
	tanu_id anna = who(site, ANNA);
	struct consent_order order = order_of(site, &anna, TANU_PURPOSE_IDENTITY, 1);

	MUST(service_consent_request(site->s, &order, err));
}

static void anna_refuses(struct site *site)
{
	struct consent_say say = {.subject = who(site, ANNA), .by = TANU_GIVER_SELF};
	struct erasure_receipt receipt;

	MUST(service_consent_refuse(site->s, &receipt, &say, err));
	assert_int_equal(receipt.purposes, 0);
}

static void a_court_bars_the_guardian(struct site *site)
{
	struct guardian_bar bar = {.child = who(site, CHILD),
				   .guardian = who(site, PARENT),
				   .document = {1},
				   .from = date_in(site, 0)};
	struct erasure_receipt receipt;

	MUST(service_guardian_bar(site->s, &receipt, &bar, err));
	assert_true(receipt.reference_erased);
}

static void writes_down_a_breach(struct site *site)
{
	const tanu_id people[] = {who(site, ANNA), who(site, CHILD)};
	const struct breach_order order = {.what = "The office laptop was stolen",
					   .kinds = BREACH_NAMES,
					   .people = people,
					   .people_len = 2};
	tanu_id id;

	MUST(service_breach_open(site->s, &id, &order, err));
}

#define NOBODY                 \
	{                      \
		false, 0, 0, 0 \
	}

static const struct {
	void (*act)(struct site *site);
	struct picture after;
} script[] = {
    {adds_people, {{{true, 0, 0, 0}, {true, 0, 0, 0}, {true, 0, 0, 0}, {true, 0, 0, 0}}}},
    {consents, {{{true, ACCESS | VISIT, 0, 0}, {true, 0, 0, 0}, {true, 0, 0, 0}, {true, 0, 0, 0}}}},
    {consents_too,
     {{{true, ACCESS | VISIT, 0, 0}, {true, ACCESS, 0, 0}, {true, 0, 0, 0}, {true, 0, 0, 0}}}},
    {enrols_anna,
     {{{true, ACCESS | VISIT, 1, 0}, {true, ACCESS, 0, 0}, {true, 0, 0, 0}, {true, 0, 0, 0}}}},
    {enrols_berik,
     {{{true, ACCESS | VISIT, 1, 0}, {true, ACCESS, 2, 0}, {true, 0, 0, 0}, {true, 0, 0, 0}}}},
    {publishes,
     {{{true, ACCESS | VISIT, 1, 0}, {true, ACCESS, 2, 0}, {true, 0, 0, 0}, {true, 0, 0, 0}}}},
    {registers_the_guardian,
     {{{true, ACCESS | VISIT, 1, 0}, {true, ACCESS, 2, 0}, {true, 0, 0, 0}, {true, 0, 0, 0}}}},
    {consents_for_the_child,
     {{{true, ACCESS | VISIT, 1, 0}, {true, ACCESS, 2, 0}, {true, ACCESS, 0, 0}, {true, 0, 0, 0}}}},
    {enrols_the_child,
     {{{true, ACCESS | VISIT, 1, 0}, {true, ACCESS, 2, 0}, {true, ACCESS, 3, 0}, {true, 0, 0, 0}}}},
    {withdraws_a_part,
     {{{true, ACCESS, 1, 0}, {true, ACCESS, 2, 0}, {true, ACCESS, 3, 0}, {true, 0, 0, 0}}}},
    {enrols_anna_again,
     {{{true, ACCESS, 4, 0}, {true, ACCESS, 2, 0}, {true, ACCESS, 3, 0}, {true, 0, 0, 0}}}},
    {withdraws_all,
     {{{true, 0, 0, 0}, {true, ACCESS, 2, 0}, {true, ACCESS, 3, 0}, {true, 0, 0, 0}}}},
    {removes_berik, {{{true, 0, 0, 0}, NOBODY, {true, ACCESS, 3, 0}, {true, 0, 0, 0}}}},
    {asks_anna, {{{true, 0, 0, 0}, NOBODY, {true, ACCESS, 3, 0}, {true, 0, 0, 0}}}},
    {anna_refuses, {{{true, 0, 0, 0}, NOBODY, {true, ACCESS, 3, 0}, {true, 0, 0, 0}}}},
    {writes_down_a_breach, {{{true, 0, 0, 0}, NOBODY, {true, ACCESS, 3, 0}, {true, 0, 0, 0}}}},
    {a_court_bars_the_guardian, {{{true, 0, 0, 0}, NOBODY, {true, 0, 0, 1}, {true, 0, 0, 0}}}},
};

static int run_script(const char *root)
{
	struct site site = {0};
	struct service_options options;

	snprintf(site.dir, sizeof(site.dir), "%s/data", root);
	options = site_options(&site, site.dir);
	MUST(service_create(&options, "School 7", err));
	shim_mark("made");
	site_open_dir(&site, site.dir);
	for (size_t i = 0; i < ARRAY_LEN(script); i++) {
		script[i].act(&site);
		shim_mark("done");
	}
	service_close(&site.s);
	return 0;
}

/* ---- the check ---- */

/* The seed whose face opens, or 0; a reference that does not open is a fault. */
static tanu_status look_at_face(struct service *s, uint32_t *out, const tanu_id *id,
				tanu_error *err)
{
	tanu_reference found = {0};
	bool enrolled = false;
	tanu_status st = reference_exists(s, &enrolled, id, err);

	*out = 0;
	if (st < 0 || !enrolled || (st = open_reference(s, &found, id, err)) < 0)
		return st;
	for (uint32_t seed = 1; seed <= 4; seed++) {
		tanu_reference sample = reference_of(seed);

		if (memcmp(sample.v, found.v, sizeof(sample.v)) == 0)
			*out = seed;
	}
	return TANU_OK;
}

static tanu_status look(struct service *s, struct picture *out, tanu_error *err)
{
	tanu_status st = TANU_OK;

	*out = (struct picture){0};
	for (int i = 0; i < PEOPLE && st == TANU_OK; i++) {
		struct subject_view view = {0};
		struct ledger_head head = {0};
		tanu_id id;

		st = service_subject_find(s, &id, names[i], err);
		if (st == TANU_NOT_FOUND) {
			st = TANU_OK;
			continue;
		}
		if (st < 0 || (st = service_subject_get(s, &view, &id, err)) < 0)
			return st;
		out->of[i].here = true;
		out->of[i].purposes = view.live_purposes;
		if ((st = head_get(s, &head, &id, err)) < 0)
			return st;
		out->of[i].renewed = head.log.generation;
		st = look_at_face(s, &out->of[i].face, &id, err);
	}
	return st;
}

static bool same(const struct picture *a, const struct picture *b)
{
	for (int i = 0; i < PEOPLE; i++)
		if (a->of[i].here != b->of[i].here || a->of[i].purposes != b->of[i].purposes ||
		    a->of[i].face != b->of[i].face || a->of[i].renewed != b->of[i].renewed)
			return false;
	return true;
}

/* The site's own key; profile, log and history of each person; bio of each reference. */
static size_t keys_of(const struct picture *p)
{
	size_t keys = 1;

	for (int i = 0; i < PEOPLE; i++)
		keys += p->of[i].here ? 3U + p->of[i].renewed + (p->of[i].face != 0) : 0;
	return keys;
}

struct summary {
	size_t states, unmade, newest, repaired, orphans, published;
};

static tanu_status check_site(struct service *s, size_t acknowledged, struct summary *sum,
			      tanu_error *err)
{
	static const struct picture empty;
	const struct picture *before = acknowledged ? &script[acknowledged - 1].after : &empty;
	struct service_report report = {0};
	struct picture found;
	bool waiting;
	tanu_status st;

	if ((st = look(s, &found, err)) < 0 || (st = service_check(s, err)) < 0 ||
	    (st = service_report(s, &report, err)) < 0)
		return st;
	sum->repaired += report.repaired_tombstones;
	sum->orphans += report.dropped_orphans;
	if (!same(&found, before)) {
		if (acknowledged == ARRAY_LEN(script) || !same(&found, &script[acknowledged].after))
			return tanu_fail(err, TANU_ERR_DB_DAMAGED, NULL,
					 "after %zu acts the site tells of neither those nor one "
					 "more",
					 acknowledged);
		sum->newest++;
	}
	if (report.log_stopped.status < 0) {
		*err = report.log_stopped;
		return err->status;
	}
	/* A new log key may wait for the act that begins to use it. */
	waiting = acknowledged < ARRAY_LEN(script) && same(&found, before) &&
		  script[acknowledged].act == a_court_bars_the_guardian;
	if (report.rolled_back || report.keys < keys_of(&found) ||
	    report.keys > keys_of(&found) + waiting)
		return tanu_fail(err, TANU_ERR_DB_DAMAGED, NULL, "%zu keys, %zu expected",
				 report.keys, keys_of(&found));
	return TANU_OK;
}

/* What has been put right is found right the second time, and the site goes on. */
static tanu_status check_again(const struct service_options *options, tanu_error *err)
{
	struct person person = {.name = "Late", .born = {1990, 1, 1}};
	struct service_report report = {0};
	struct service *s = NULL;
	tanu_id id;
	tanu_status st;

	if ((st = service_open(&s, options, err)) < 0)
		return st;
	if ((st = service_report(s, &report, err)) == TANU_OK &&
	    report.repaired_tombstones + report.dropped_orphans > 0)
		st = tanu_fail(err, TANU_ERR_DB_DAMAGED, NULL, "put right only the second time");
	if (st == TANU_OK)
		st = service_subject_add(s, &id, &person, err);
	service_close(&s);
	return st;
}

/* The checkpoint that the world may have seen before the cut; size 0: none. */
static void checkpoint_seen(const struct site *site, tanu_checkpoint *out)
{
	char path[OS_PATH_MAX];
	struct buf bytes = {0};
	tanu_note note;

	*out = (tanu_checkpoint){0};
	snprintf(path, sizeof(path), "%s/log/checkpoint", site->dir);
	if (os_exists(path)) {
		MUST(os_read_file(&bytes, path, 1 << 16, err));
		MUST(tanu_note_split(&note, (const char *)bytes.data, bytes.len, err));
		MUST(tanu_checkpoint_parse(out, note.text, note.text_len, err));
	}
	buf_free(&bytes);
}

/* What is signed from now on continues it: never two roots for one size. */
static tanu_status check_no_fork(struct service *s, const tanu_checkpoint *seen, tanu_error *err)
{
	struct log_reader *reader = NULL;
	struct hash_source hashes;
	tanu_hash root;
	tanu_status st = service_publish(s, err);

	if (st < 0 || seen->size == 0 ||
	    (st = log_reader_open(&reader, &s->journal.files, s->journal.head.size, err)) < 0)
		return st;
	hashes = log_reader_hashes(reader);
	st = tree_root(&root, &hashes, seen->size, err);
	log_reader_close(&reader);
	if (st == TANU_OK && memcmp(&root, &seen->root, sizeof(root)) != 0)
		st = tanu_fail(err, TANU_ERR_LOG_FORK, NULL, "another root for size %llu",
			       (unsigned long long)seen->size);
	return st;
}

static tanu_status check_cut(void *self, const struct shim_crash *crash, tanu_error *err)
{
	struct summary *sum = self;
	struct site site = {0};
	struct service_options options;
	tanu_checkpoint seen;
	tanu_status st;

	snprintf(site.dir, sizeof(site.dir), "%s/data", crash->folder);
	options = site_options(&site, site.dir);
	checkpoint_seen(&site, &seen);
	sum->states++;
	sum->published += seen.size > 0;
	st = service_open(&site.s, &options, err);
	if (st == TANU_NOT_FOUND && crash->marks_len == 0) {
		/* Broken off while it was made: it can be made again. */
		sum->unmade++;
		if ((st = service_create(&options, "School 7", err)) == TANU_OK)
			st = service_open(&site.s, &options, err);
	}
	if (st < 0)
		return st;
	st = check_site(site.s, crash->marks_len ? crash->marks_len - 1 : 0, sum, err);
	if (st == TANU_OK)
		st = check_no_fork(site.s, &seen, err);
	service_close(&site.s);
	return st < 0 ? st : check_again(&options, err);
}

static void scratch_folder(char out[64], const char *name)
{
	/* In memory where there is such a folder: what the check syncs matters to nobody. */
	snprintf(out, 64, "%s/tanu-%s-XXXXXX", os_is_dir("/dev/shm") ? "/dev/shm" : "/tmp", name);
	assert_non_null(mkdtemp(out));
}

static void no_power_cut_costs_or_halves_an_act(void **state)
{
	char watched[64], rebuilt[64];
	char *argv[] = {"/proc/self/exe", "--scenario", watched, NULL};
	struct shim *shim = NULL;
	struct summary sum = {0};

	(void)state;
	scratch_folder(watched, "watched");
	scratch_folder(rebuilt, "rebuilt");
	MUST(shim_open(&shim, watched, err));
	MUST(shim_run(shim, argv, err));
	shim_thin(shim);
	MUST(shim_each_crash(shim, rebuilt, 1, check_cut, &sum, err));
	print_message("%zu calls, %zu states opened and checked: %zu with the site half made, %zu "
		      "with an act whole but not acknowledged, %zu erasures finished, %zu orphan "
		      "keys dropped\n",
		      shim_steps(shim), sum.states, sum.unmade, sum.newest, sum.repaired,
		      sum.orphans);
	/* The cuts did reach the places they were meant for. */
	assert_true(sum.unmade > 0 && sum.newest > 0 && sum.repaired > 0 && sum.orphans > 0);
	assert_true(sum.published > 0);
	shim_close(&shim);
	site_remove_tree(watched);
	site_remove_tree(rebuilt);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(no_power_cut_costs_or_halves_an_act),
	};

	if (argc == 3 && strcmp(argv[1], "--scenario") == 0)
		return run_script(argv[2]);
	return cmocka_run_group_tests_name("service/crash", tests, NULL, NULL);
}
