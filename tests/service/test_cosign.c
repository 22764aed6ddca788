/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Publishing asks the witnesses: what is public is cosigned, a silent witness holds up nothing but
 * the public checkpoint, and no power cut makes a fork or takes a cosigned checkpoint away.
 */
#include "service/site.h"
#include "shim/shim.h"

#define WITNESSES 2

/* Witnesses in this process: each remembers what it has cosigned, as a real one does. */
struct office {
	struct signer signer[WITNESSES];
	tanu_verifier verifier[WITNESSES];
	tanu_checkpoint seen[WITNESSES];
	bool silent[WITNESSES];
	bool lies; /* its line is by another key */
	size_t asked;
};

static void office_open(struct office *o)
{
	*o = (struct office){0};
	for (int i = 0; i < WITNESSES; i++) {
		struct secret seed = {{(uint8_t)(i + 1)}};
		char name[32];

		snprintf(name, sizeof(name), "witness.example/%d", i + 1);
		MUST(signer_init(&o->signer[i], name, TANU_KEY_COSIGNATURE, &seed, err));
		signer_verifier(&o->verifier[i], &o->signer[i]);
	}
}

/* The new checkpoint continues what this witness has seen. */
static void check_growth(const tanu_checkpoint *seen, const tanu_checkpoint *now,
			 const struct hash_source *hashes)
{
	tanu_hash root;

	assert_true(now->size >= seen->size);
	if (seen->size == 0)
		return;
	MUST(tree_root(&root, hashes, seen->size, err));
	assert_memory_equal(&root, &seen->root, sizeof(root));
}

static tanu_status ask(void *self, size_t which, struct buf *line, const struct hash_source *hashes,
		       const char *note, size_t note_len, int timeout_ms, tanu_error *err)
{
	struct office *o = self;
	const struct signer *signer = &o->signer[o->lies ? 1 - which : which];
	tanu_checkpoint checkpoint;
	tanu_note split;
	tanu_status st;

	assert_true(timeout_ms > 0);
	o->asked++;
	if (o->silent[which])
		return tanu_fail(err, TANU_ERR_NETWORK, o->signer[which].name,
				 "nobody answers there: try again later");
	if ((st = tanu_note_split(&split, note, note_len, err)) < 0 ||
	    (st = tanu_checkpoint_parse(&checkpoint, split.text, split.text_len, err)) < 0)
		return st;
	check_growth(&o->seen[which], &checkpoint, hashes);
	o->seen[which] = checkpoint;
	return note_cosign(line, signer, split.text, split.text_len, 1800000000, err);
}

static void open_with(struct site *site, struct office *o, size_t witnesses)
{
	struct service_options options = site_options(site, site->dir);

	options.witnesses = (struct log_witnesses){
	    .len = witnesses, .verifiers = o->verifier, .ask = ask, .self = o};
	service_close(&site->s);
	MUST(service_open(&site->s, &options, err));
}

static void act(struct site *site, const char *name)
{
	add_person(site, name, 30);
	MUST(service_publish(site->s, err));
}

/* Entries of a note of the log; of how many witnesses it has a cosignature. 0: it is not there. */
static uint64_t entries_of(const struct site *site, const struct office *o, const char *file,
			   size_t *cosigned)
{
	tanu_checkpoint checkpoint = {0};
	char path[OS_PATH_MAX];
	struct buf bytes = {0};
	tanu_note note;

	*cosigned = 0;
	snprintf(path, sizeof(path), "%s/log/%s", site->dir, file);
	if (!os_exists(path))
		return 0;
	MUST(os_read_file(&bytes, path, 1 << 16, err));
	MUST(tanu_note_split(&note, (const char *)bytes.data, bytes.len, err));
	MUST(tanu_checkpoint_parse(&checkpoint, note.text, note.text_len, err));
	for (int i = 0; i < WITNESSES; i++)
		*cosigned += tanu_note_verify(&note, &o->verifier[i], NULL, NULL) == TANU_OK;
	buf_free(&bytes);
	return checkpoint.size;
}

static struct log_standing standing(struct site *site)
{
	struct log_standing s = {0};

	MUST(service_log_standing(site->s, &s, err));
	return s;
}

static void what_is_published_is_cosigned(void **state)
{
	struct site *site = *state;
	struct office o;
	size_t cosigned;

	office_open(&o);
	open_with(site, &o, 2);
	act(site, "Anna");
	assert_int_equal(entries_of(site, &o, "checkpoint", &cosigned), site->s->journal.head.size);
	assert_int_equal(cosigned, 2);
	act(site, "Berik");
	assert_int_equal(entries_of(site, &o, "checkpoint", &cosigned), site->s->journal.head.size);
	assert_int_equal(cosigned, 2);
	assert_int_equal(standing(site).held_since_ms, 0);
	/* Nothing new: nobody is asked. */
	o.asked = 0;
	MUST(service_publish(site->s, err));
	assert_int_equal(o.asked, 0);
}

static void a_silent_witness_holds_up_the_public_checkpoint_alone(void **state)
{
	struct site *site = *state;
	struct office o;
	uint64_t before;
	size_t cosigned;
	tanu_id anna;

	office_open(&o);
	open_with(site, &o, 2);
	act(site, "Anna");
	before = site->s->journal.head.size;
	o.silent[1] = true;
	act(site, "Berik");
	assert_true(site->s->journal.head.size > before);
	assert_int_equal(entries_of(site, &o, "checkpoint", &cosigned), before);
	assert_int_equal(cosigned, 2);
	/* The one that answered is kept. */
	assert_int_equal(entries_of(site, &o, "newest", &cosigned), site->s->journal.head.size);
	assert_int_equal(cosigned, 1);
	assert_true(standing(site).held_since_ms > 0);
	/* Not asked with each act while it does not answer, and then again. */
	o.asked = 0;
	act(site, "Child");
	assert_int_equal(o.asked, 0);
	MUST(service_subject_find(site->s, &anna, "Anna", err));
	/* Another opening knows of it. */
	open_with(site, &o, 2);
	assert_false(site->s->rolled_back);
	assert_int_equal(standing(site).published, before);
	o.silent[1] = false;
	site->ahead_ms += 61000;
	MUST(service_publish(site->s, err));
	assert_int_equal(entries_of(site, &o, "checkpoint", &cosigned), site->s->journal.head.size);
	assert_int_equal(cosigned, 2);
	assert_int_equal(standing(site).held_since_ms, 0);
}

static void it_is_not_waited_for_for_ever(void **state)
{
	struct site *site = *state;
	struct office o;
	size_t cosigned;

	office_open(&o);
	open_with(site, &o, 2);
	act(site, "Anna");
	o.silent[0] = true;
	act(site, "Berik");
	site->ahead_ms += 25 * (int64_t)3600000; /* log.witness_hours is 24 */
	MUST(service_publish(site->s, err));
	assert_int_equal(entries_of(site, &o, "checkpoint", &cosigned), site->s->journal.head.size);
	assert_int_equal(cosigned, 1);
}

/* Who is no witness any more is not waited for either. */
static void a_list_that_was_emptied_lets_the_log_go(void **state)
{
	struct site *site = *state;
	struct office o;
	size_t cosigned;

	office_open(&o);
	open_with(site, &o, 1);
	act(site, "Anna");
	o.silent[0] = true;
	act(site, "Berik");
	assert_true(standing(site).published < standing(site).size);
	open_with(site, &o, 0);
	MUST(service_publish(site->s, err));
	assert_int_equal(entries_of(site, &o, "checkpoint", &cosigned), site->s->journal.head.size);
}

static tanu_status count_removed(void *self, uint64_t index, const void *entry, size_t entry_len,
				 const uint8_t *opening, tanu_error *err)
{
	(void)index;
	(void)opening;
	(void)err;
	*(size_t *)self += memmem(entry, entry_len, "\"removed\"", 9) != NULL;
	return TANU_OK;
}

/* A program that knows no network, as a server without it: nothing that was cosigned is taken away.
 */
static void who_can_ask_nobody_takes_nothing_away(void **state)
{
	struct site *site = *state;
	struct log_reader *reader = NULL;
	struct office o;
	uint64_t before;
	size_t cosigned, removed = 0;

	office_open(&o);
	open_with(site, &o, 2);
	act(site, "Anna");
	before = site->s->journal.head.size;
	site_reopen(site);
	act(site, "Berik");
	assert_int_equal(entries_of(site, &o, "checkpoint", &cosigned), before);
	assert_int_equal(cosigned, 2);
	assert_int_equal(entries_of(site, &o, "newest", &cosigned), site->s->journal.head.size);
	MUST(log_reader_open(&reader, &site->s->journal.files, site->s->journal.head.size, err));
	MUST(log_reader_each(reader, 0, site->s->journal.head.size, count_removed, &removed, err));
	log_reader_close(&reader);
	assert_int_equal(removed, 0); /* nor does it say that there are no witnesses any more */
	site->ahead_ms += 25 * (int64_t)3600000;
	MUST(service_publish(site->s, err));
	assert_int_equal(entries_of(site, &o, "checkpoint", &cosigned), site->s->journal.head.size);
}

/* A false line would have verifiers throw the whole checkpoint away. */
static void a_false_cosignature_is_not_taken(void **state)
{
	struct site *site = *state;
	struct office o;
	size_t cosigned;

	office_open(&o);
	o.lies = true;
	open_with(site, &o, 2);
	act(site, "Anna");
	assert_int_equal(entries_of(site, &o, "checkpoint", &cosigned), site->s->journal.head.size);
	assert_int_equal(cosigned, 0);
	assert_true(site->s->journal.refused[0].status < 0);
}

/* What no witness has seen yet is promised in a receipt, and not proven by a bare checkpoint. */
static void a_receipt_promises_what_is_held(void **state)
{
	struct site *site = *state;
	tanu_receipt *receipt = NULL;
	struct buf text = {0};
	struct office o;
	size_t promised = 0;
	tanu_id anna;

	office_open(&o);
	open_with(site, &o, 1);
	act(site, "Anna");
	MUST(service_subject_find(site->s, &anna, "Anna", err));
	o.silent[0] = true;
	give(site, &anna, TANU_PURPOSE_ACCESS, 30);
	MUST(service_receipt(site->s, &text, &anna, TANU_RECEIPT_HISTORY, "", err));
	MUST(tanu_receipt_parse(&receipt, text.data, text.len, err));
	for (size_t i = 0; i < receipt->leaves_len; i++)
		promised += *receipt->leaves[i].proof == '\0';
	assert_true(receipt->leaves_len > promised && promised > 0);
	tanu_receipt_free(&receipt);
	buf_free(&text);
}

/* ---- the policy that the site suggests ---- */

static bool policy_says(struct site *site, const char *part)
{
	struct buf text = {0};
	bool says;

	MUST(service_policy(site->s, &text, err));
	says = strstr(buf_cstr(&text), part) != NULL;
	buf_free(&text);
	return says;
}

/* How many witnesses of its own policy stand behind a receipt, or -1: it is not believed. */
static int witnesses_of_receipt(struct site *site, const char *name)
{
	tanu_receipt *receipt = NULL;
	tanu_report *report = NULL;
	struct buf text = {0};
	tanu_id id;
	int n;

	MUST(service_subject_find(site->s, &id, name, err));
	MUST(service_receipt(site->s, &text, &id, TANU_RECEIPT_HISTORY, "", err));
	MUST(tanu_receipt_parse(&receipt, text.data, text.len, err));
	MUST(tanu_receipt_verify(&report, (const tanu_receipt *const[]){receipt}, 1, NULL, err));
	n = report->verdict == TANU_VERDICT_CLEAN ? (int)report->witnesses : -1;
	tanu_report_free(&report);
	tanu_receipt_free(&receipt);
	buf_free(&text);
	return n;
}

static void a_witness_stands_in_the_policy_from_its_first_cosignature_on(void **state)
{
	struct site *site = *state;
	struct office o;

	office_open(&o);
	o.silent[0] = o.silent[1] = true;
	open_with(site, &o, 2);
	act(site, "Anna");
	assert_true(policy_says(site, "quorum none\n"));
	assert_int_equal(witnesses_of_receipt(site, "Anna"), 0);
	o.silent[1] = false;
	site->ahead_ms += 61000;
	act(site, "Berik");
	assert_true(policy_says(site, "witness w1 witness.example/2+"));
	assert_true(policy_says(site, "\nquorum w1\n"));
	assert_int_equal(witnesses_of_receipt(site, "Berik"), 1);
	o.silent[0] = false;
	site->ahead_ms += 61000;
	act(site, "Child");
	assert_true(policy_says(site, "group witnesses any w1 w2\nquorum witnesses\n"));
	assert_int_equal(witnesses_of_receipt(site, "Child"), 2);
	/* the second is not listed any more */
	open_with(site, &o, 1);
	act(site, "Dana");
	assert_true(policy_says(site, "witness w1 witness.example/1+"));
	assert_false(policy_says(site, "witness.example/2"));
	open_with(site, &o, 0);
	MUST(service_publish(site->s, err));
	assert_true(policy_says(site, "quorum none\n"));
}

static void a_policy_of_somebody_else_is_left_alone(void **state)
{
	static const char more[] = "# looked through by the office\n";
	struct site *site = *state;
	struct buf text = {0};
	char path[OS_PATH_MAX];
	struct office o;

	office_open(&o);
	open_with(site, &o, 0);
	act(site, "Anna");
	snprintf(path, sizeof(path), "%s/log/policy", site->dir);
	MUST(os_read_file(&text, path, 1 << 16, err));
	buf_str(&text, more);
	MUST(os_replace_file(path, text.data, text.len, 0644, err));
	buf_free(&text);
	open_with(site, &o, 2);
	act(site, "Berik");
	assert_true(policy_says(site, more));
	assert_true(policy_says(site, "quorum none\n"));
}

/* ---- power cuts ---- */

static int run_script(const char *root)
{
	struct site site = {0};
	struct service_options options;
	struct office o;

	snprintf(site.dir, sizeof(site.dir), "%s/data", root);
	options = site_options(&site, site.dir);
	MUST(service_create(&options, "School 7", err));
	office_open(&o);
	open_with(&site, &o, 2);
	act(&site, "Anna");
	shim_mark("cosigned");
	o.silent[1] = true;
	act(&site, "Berik");
	shim_mark("held");
	o.silent[1] = false;
	site.ahead_ms += 61000;
	act(&site, "Child");
	shim_mark("cosigned");
	service_close(&site.s);
	return 0;
}

struct cuts {
	size_t states, held;
};

static tanu_status check_cut(void *self, const struct shim_crash *crash, tanu_error *err)
{
	struct cuts *cuts = self;
	struct site site = {0};
	struct office o;
	size_t cosigned = 0, after = 0;
	uint64_t shown, newest;
	tanu_status st;

	if (crash->marks_len == 0)
		return TANU_OK; /* making a site: service/crash */
	office_open(&o);
	snprintf(site.dir, sizeof(site.dir), "%s/data", crash->folder);
	shown = entries_of(&site, &o, "checkpoint", &cosigned);
	assert_int_equal(cosigned, 2); /* whatever happens from the first one on */
	newest = entries_of(&site, &o, "newest", &after);
	cuts->states++;
	cuts->held += newest > shown;
	/* The witnesses have cosigned both as they stand on the disk. */
	open_with(&site, &o, 2);
	if ((st = service_publish(site.s, err)) < 0)
		return st;
	assert_false(site.s->rolled_back);
	assert_true(site.s->journal.stopped.status == TANU_OK);
	assert_true(site.s->journal.head.size >= (newest > shown ? newest : shown));
	site.ahead_ms += 61000;
	act(&site, "Late");
	assert_int_equal(entries_of(&site, &o, "checkpoint", &cosigned), site.s->journal.head.size);
	assert_int_equal(cosigned, 2);
	service_close(&site.s);
	return TANU_OK;
}

static void no_power_cut_takes_a_cosigned_checkpoint_away(void **state)
{
	char watched[] = "/dev/shm/tanu-watched-XXXXXX", rebuilt[] = "/dev/shm/tanu-rebuilt-XXXXXX";
	char *argv[] = {"/proc/self/exe", "--scenario", watched, NULL};
	struct shim *shim = NULL;
	struct cuts cuts = {0};

	(void)state;
	if (!os_is_dir("/dev/shm"))
		skip();
	assert_non_null(mkdtemp(watched));
	assert_non_null(mkdtemp(rebuilt));
	MUST(shim_open(&shim, watched, err));
	MUST(shim_run(shim, argv, err));
	shim_thin(shim);
	MUST(shim_each_crash(shim, rebuilt, 1, check_cut, &cuts, err));
	print_message("%zu calls, %zu states, %zu of them while the newest waits\n",
		      shim_steps(shim), cuts.states, cuts.held);
	assert_true(cuts.held > 0);
	shim_close(&shim);
	site_remove_tree(watched);
	site_remove_tree(rebuilt);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(what_is_published_is_cosigned),
	    SITE_TEST(a_silent_witness_holds_up_the_public_checkpoint_alone),
	    SITE_TEST(it_is_not_waited_for_for_ever),
	    SITE_TEST(a_list_that_was_emptied_lets_the_log_go),
	    SITE_TEST(who_can_ask_nobody_takes_nothing_away),
	    SITE_TEST(a_false_cosignature_is_not_taken),
	    SITE_TEST(a_receipt_promises_what_is_held),
	    SITE_TEST(a_witness_stands_in_the_policy_from_its_first_cosignature_on),
	    SITE_TEST(a_policy_of_somebody_else_is_left_alone),
	    cmocka_unit_test(no_power_cut_takes_a_cosigned_checkpoint_away),
	};

	if (argc == 3 && strcmp(argv[1], "--scenario") == 0)
		return run_script(argv[2]);
	return cmocka_run_group_tests_name("service/cosign", tests, NULL, NULL);
}
