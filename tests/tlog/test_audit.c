/* SPDX-License-Identifier: Apache-2.0 */
#include "tlog/audit.h"
#include "tlog/site_log.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* An audit of a site as of noon of day `n`; what is found in `r`. */
static tanu_status audit_with(struct log_report *r, struct site_log *s, int64_t now_ms,
			      const struct buf *earlier, struct log_exam *exam, tanu_error *err)
{
	tanu_policy *policy = NULL;
	struct log_audit_options options = {.exam = exam, .now_ms = now_ms};
	tanu_status st;

	assert_int_equal(tanu_policy_parse(&policy, s->policy, strlen(s->policy), NULL), TANU_OK);
	options.policy = policy;
	if (earlier) {
		options.earlier = (const char *)earlier->data;
		options.earlier_len = earlier->len;
	}
	st = log_audit(r, &s->files, &options, err);
	tanu_policy_free(&policy);
	return st;
}

/* "code place, code place" of all that was found. */
static const char *told(const struct log_report *r)
{
	static char text[4096];
	size_t at = 0;

	text[0] = '\0';
	for (size_t i = 0; i < r->findings.len; i++)
		at += (size_t)snprintf(text + at, sizeof(text) - at, "%s%s %s", i ? ", " : "",
				       finding_word(r->findings.v[i].code), r->findings.v[i].place);
	return text;
}

static void expect_found(struct site_log *s, int64_t now_ms, const char *want)
{
	struct log_report r;

	assert_int_equal(audit_with(&r, s, now_ms, NULL, NULL, NULL), TANU_OK);
	assert_string_equal(told(&r), want);
	log_report_free(&r);
}

static void a_site_that_does_all_it_must_is_clean(void **state)
{
	struct site_log *s = site_of_days(60);
	struct log_report r;

	(void)state;
	assert_int_equal(audit_with(&r, s, site_noon(60), NULL, NULL, NULL), TANU_OK);
	assert_string_equal(told(&r), "");
	assert_false(r.findings.suspicious);
	assert_true(r.believed);
	assert_int_equal(r.trust.witnesses, 1);
	assert_int_equal(r.checkpoint.size, s->head.size);
	assert_int_equal(r.counts.entries, s->head.size);
	assert_int_equal(r.counts.leaves, 61 * 16);
	assert_int_equal(r.counts.statements, 1 + 60 + 1 + 1);
	assert_int_equal(r.counts.opened_ms, SITE_OPENED);
	log_report_free(&r);
	site_log_free(s);
}

static void without_a_witness_it_is_told(void **state)
{
	struct site_log *s = site_of_days(1);

	(void)state;
	strcpy(strstr(s->policy, "quorum"), "quorum none\n");
	expect_found(s, site_noon(1), "unwitnessed policy");
	site_log_free(s);
}

/* ---- checkpoint and files ---- */

static void an_unsigned_checkpoint_is_not_looked_behind(void **state)
{
	struct site_log *s = site_of_days(3);
	struct memory_file *f = memory_file_find(s->memory, "checkpoint");
	struct log_report r;

	(void)state;
	for (size_t i = 0; i < f->len; i += 3) {
		f->bytes[i] ^= 1;
		assert_int_equal(audit_with(&r, s, site_noon(3), NULL, NULL, NULL), TANU_OK);
		assert_true(r.findings.suspicious);
		assert_false(r.believed);
		assert_int_equal(r.findings.v[0].code, FINDING_CHECKPOINT);
		log_report_free(&r);
		f->bytes[i] ^= 1;
	}
	site_log_free(s);
}

static void without_its_witness_the_rest_is_still_checked(void **state)
{
	struct site_log *s = site_of_days(3);
	struct buf note = {0};

	(void)state;
	site_note(s, &note, false);
	memory_file_put(s->memory, "checkpoint", note.data, note.len);
	memory_file_find(s->memory, "tile/entries/000.p/68")->bytes[100] ^= 1;
	expect_found(s, site_noon(3), "checkpoint log.example/school, file entry 0");
	buf_free(&note);
	site_log_free(s);
}

/* Files that the tree of 1000 entries does not need are of earlier sizes. */
static bool is_current(const struct site_log *s, const char *path)
{
	struct tile tile;
	uint64_t rest;

	if (strncmp(path, "tile/", 5) != 0)
		return strcmp(path, "checkpoint") != 0;
	assert_int_equal(tile_parse(&tile, path, NULL), TANU_OK);
	rest = tile_level_hashes(tile.level, s->head.size) - tile.index * TILE_WIDTH;
	return tile.width == (rest < TILE_WIDTH ? rest : TILE_WIDTH);
}

static void every_damaged_file_is_found(void **state)
{
	struct site_log *s = site_of_days(40);
	size_t checked = 0;

	(void)state;
	for (size_t i = 0; i < s->memory->len; i++) {
		struct memory_file *f = &s->memory->file[i];
		bool slots = strncmp(f->path, "opening", 7) == 0;
		struct log_report r;

		if (!is_current(s, f->path))
			continue;
		checked++;
		f->bytes[f->len / 2] ^= 1;
		f->len -= slots; /* a slot's bytes belong to no tree */
		assert_int_equal(audit_with(&r, s, site_noon(40), NULL, NULL, NULL), TANU_OK);
		assert_true(r.findings.suspicious);
		assert_false(r.believed);
		assert_true(r.findings.v[0].code == FINDING_FILE ||
			    r.findings.v[0].code == FINDING_ROOT);
		log_report_free(&r);
		f->len += slots;
		f->bytes[f->len / 2] ^= 1;
	}
	assert_int_equal(checked, 3 * 3 + 1);
	expect_found(s, site_noon(40), "");
	site_log_free(s);
}

static void damage_does_not_hide_what_follows(void **state)
{
	struct site_log *s = site_of_days(20);
	struct memory_file *f = memory_file_find(s->memory, "tile/entries/000");
	struct log_report r;

	(void)state;
	site_entry(s, "?", 1);
	site_leaves(s);
	site_publish(s);
	f->bytes[400] ^= 1;
	assert_int_equal(audit_with(&r, s, site_noon(20), NULL, NULL, NULL), TANU_OK);
	assert_int_equal(r.findings.v[0].code, FINDING_FILE);
	assert_int_equal(r.findings.v[1].code, FINDING_ENTRY);
	log_report_free(&r);
	site_log_free(s);
}

static void entries_of_other_kinds_are_found(void **state)
{
	struct site_log *s = site_of_days(1);
	struct signer other;
	struct buf key = {0}, note = {0};
	static const char text[] = "tanu site statement v1\n{\"at_ms\":5,\"type\":\"x\"}\n";
	uint64_t first = s->head.size;
	char want[200];

	(void)state;
	site_signer(&other, &key, "log.example/school", TANU_KEY_ED25519, 9);
	assert_int_equal(note_sign(&note, &other, text, sizeof(text) - 1, NULL), TANU_OK);
	site_entry(s, note.data, note.len); /* another key */
	note.len = 0;
	assert_int_equal(note_sign(&note, &s->log, "tanu receipt v1\n{}\n", 19, NULL), TANU_OK);
	site_entry(s, note.data, note.len);
	site_entry(s, "0123456789abcdef", 16);
	site_publish(s);
	snprintf(want, sizeof(want), "entry entry %d, entry entry %d, entry entry %d", (int)first,
		 (int)first + 1, (int)first + 2);
	expect_found(s, site_noon(1), want);
	buf_free(&key);
	buf_free(&note);
	site_log_free(s);
}

static void missing_slots_are_found(void **state)
{
	struct site_log *s = site_of_days(3);

	(void)state;
	memory_file_find(s->memory, "opening/000")->len -= 5 * TANU_OPENING_LEN;
	expect_found(s, site_noon(3), "opening entries 63 to 67");
	site_log_free(s);
}

/* ---- forks ---- */

/* The same site, which tells another story from day `days` on. */
static struct site_log *other_story(int64_t same, int64_t days)
{
	struct site_log *s = site_of_days(same);

	s->next_leaf = 100;
	for (int64_t n = same; n < days; n++) {
		site_count(s, n);
		site_leaves(s);
		site_publish(s);
	}
	return s;
}

/* The evidence stands on its own: two signed notes, and the root that the later one proves. */
static void expect_evidence(const struct log_report *r, struct site_log *s,
			    const tanu_checkpoint *earlier)
{
	tanu_policy *policy = NULL;
	tanu_checkpoint later;
	tanu_checkpoint_trust trust;
	tanu_hash proof[TANU_PROOF_MAX];
	size_t len = 0;
	const char *at = (const char *)r->fork_proof.data, *end = at + r->fork_proof.len, *line;
	size_t line_len;
	char want[32];

	assert_int_equal(tanu_policy_parse(&policy, s->policy, strlen(s->policy), NULL), TANU_OK);
	assert_int_equal(tanu_policy_check(policy, &later, &trust, (char *)r->fork_later.data,
					   r->fork_later.len, NULL),
			 TANU_OK);
	snprintf(want, sizeof(want), "old %d", (int)earlier->size);
	assert_true(next_line(&at, end, &line, &line_len));
	assert_int_equal(line_len, strlen(want));
	assert_memory_equal(line, want, line_len);
	while (next_line(&at, end, &line, &line_len) && line_len > 0)
		assert_true(base64_hash(&proof[len++], line, line_len));
	assert_int_equal(end - at, r->fork_later.len);
	assert_memory_equal(at, r->fork_later.data, r->fork_later.len);
	assert_int_equal(tanu_verify_consistency(earlier->size, &earlier->root, later.size,
						 &later.root, proof, len, NULL),
			 TANU_DAMAGED);
	tanu_policy_free(&policy);
}

static void two_stories_are_a_fork(void **state)
{
	struct site_log *s = site_of_days(40);

	(void)state;
	for (int64_t same = 0; same < 10; same += 3) {
		struct site_log *other = other_story(same, 10);
		struct buf earlier = {0};
		struct log_report r;

		site_note(other, &earlier, true);
		assert_int_equal(audit_with(&r, s, site_noon(40), &earlier, NULL, NULL), TANU_OK);
		assert_string_equal(told(&r), "fork checkpoint");
		assert_false(r.believed);
		assert_int_equal(r.fork_earlier.len, earlier.len);
		assert_memory_equal(r.fork_earlier.data, earlier.data, earlier.len);
		expect_evidence(&r, s, &other->head);
		log_report_free(&r);
		buf_free(&earlier);
		site_log_free(other);
	}
	site_log_free(s);
}

/* The signatures alone prove it, whatever is served beside them. */
static void one_size_with_two_roots_is_a_fork(void **state)
{
	struct site_log *s = site_of_days(10), *other = other_story(9, 10);
	struct buf earlier = {0}, unwitnessed = {0};
	struct log_report r;

	(void)state;
	site_note(other, &earlier, false);
	site_note(s, &unwitnessed, false);
	memory_file_put(s->memory, "checkpoint", unwitnessed.data, unwitnessed.len);
	memory_file_find(s->memory, "tile/0/000.p/187")->bytes[0] ^= 1;
	assert_int_equal(audit_with(&r, s, site_noon(10), &earlier, NULL, NULL), TANU_OK);
	assert_int_equal(r.findings.v[0].code, FINDING_CHECKPOINT);
	assert_int_equal(r.findings.v[1].code, FINDING_ROOT);
	assert_int_equal(r.findings.v[2].code, FINDING_FORK);
	assert_true(r.fork_proof.len > 0);
	log_report_free(&r);
	buf_free(&earlier);
	buf_free(&unwitnessed);
	site_log_free(s);
	site_log_free(other);
}

static void a_log_that_continues_is_no_fork(void **state)
{
	struct site_log *s = site_of_days(40);

	(void)state;
	for (int64_t days = 0; days <= 40; days += 5) {
		struct site_log *before = site_of_days(days);
		struct buf earlier = {0};
		struct log_report r;

		site_note(before, &earlier, true);
		assert_int_equal(audit_with(&r, s, site_noon(40), &earlier, NULL, NULL), TANU_OK);
		assert_string_equal(told(&r), "");
		assert_int_equal(r.fork_proof.len, 0);
		log_report_free(&r);
		buf_free(&earlier);
		site_log_free(before);
	}
	site_log_free(s);
}

static void a_log_that_went_back_is_found(void **state)
{
	struct site_log *s = site_of_days(5), *longer = site_of_days(6);
	struct buf earlier = {0};
	struct log_report r;

	(void)state;
	site_note(longer, &earlier, true);
	assert_int_equal(audit_with(&r, s, site_noon(5), &earlier, NULL, NULL), TANU_OK);
	assert_string_equal(told(&r), "shrunk checkpoint");
	assert_false(r.believed);
	log_report_free(&r);
	buf_free(&earlier);
	site_log_free(s);
	site_log_free(longer);
}

static void an_earlier_checkpoint_must_be_of_this_log(void **state)
{
	struct site_log *s = site_of_days(5);
	struct buf earlier = {0};
	struct log_report r;

	(void)state;
	site_note(s, &earlier, true);
	earlier.data[earlier.len / 2] ^= 1;
	assert_true(audit_with(&r, s, site_noon(5), &earlier, NULL, NULL) < 0);
	log_report_free(&r);
	buf_free(&earlier);
	site_log_free(s);
}

/* ---- counts ---- */

static void a_day_that_is_not_counted_is_found(void **state)
{
	struct site_log *s = site_of_days(10);

	(void)state;
	site_count(s, 12);
	site_leaves(s);
	site_publish(s);
	expect_found(s, site_noon(13), "counts-missing 2024-10-14 to 2024-10-15");
	site_count(s, 11); /* later is late, but it comes */
	site_publish(s);
	expect_found(s, site_noon(13), "counts-missing 2024-10-14");
	expect_found(s, site_noon(16),
		     "counts-missing 2024-10-14, "
		     "counts-missing 2024-10-17 to 2024-10-18");
	site_log_free(s);
}

static void a_statement_has_a_day_to_come(void **state)
{
	struct site_log *s = site_of_days(10);
	int64_t over = (site_first_day() + 11) * SITE_DAY;

	(void)state;
	expect_found(s, over + SITE_DAY - 1, "");
	expect_found(s, over + SITE_DAY, "counts-missing 2024-10-14");
	site_log_free(s);
}

static void state_counts(struct site_log *s, int64_t n, int64_t embeddings, int64_t permits,
			 int64_t at_ms)
{
	struct statement counts = {.type = STATEMENT_COUNTS,
				   .at_ms = at_ms,
				   .day = site_first_day() + n,
				   .embeddings = embeddings,
				   .permits = permits};

	site_state(s, &counts);
	site_publish(s);
}

static void counts_that_can_t_be_are_found(void **state)
{
	struct site_log *s = site_of_days(2);

	(void)state;
	state_counts(s, 2, 7, 6, site_noon(3)); /* entry 52 */
	state_counts(s, 1, 3, 3, site_noon(3)); /* again */
	state_counts(s, 3, 3, 3, site_noon(3)); /* its noon */
	expect_found(s, site_noon(4),
		     "counts-differ entry 51, counts-twice entry 52, counts-early entry 53");
	site_log_free(s);
}

static void a_month_that_is_not_counted_is_found(void **state)
{
	struct site_log *s = site_of_days(20);

	(void)state;
	for (int64_t n = 20; n < 70; n++)
		state_counts(s, n, 0, 0, site_noon(n + 1));
	expect_found(s, site_noon(70), "disclosures-missing 2024-10 to 2024-11");
	site_log_free(s);
}

static void state_month(struct site_log *s, int year, int month, int64_t sealed, int64_t at_ms)
{
	struct statement d = {.type = STATEMENT_DISCLOSURES,
			      .at_ms = at_ms,
			      .month = year * 12 + month - 1,
			      .sealed = sealed};

	site_state(s, &d);
	site_publish(s);
}

static void months_that_can_t_be_are_found(void **state)
{
	struct site_log *s = site_of_days(30);
	struct log_report r;

	(void)state;
	state_month(s, 2024, 10, 0, site_noon(30));
	state_month(s, 2024, 11, 0, site_noon(30));
	assert_int_equal(audit_with(&r, s, site_noon(30), NULL, NULL, NULL), TANU_OK);
	assert_int_equal(r.findings.len, 2);
	assert_int_equal(r.findings.v[0].code, FINDING_DISCLOSURES_TWICE);
	assert_int_equal(r.findings.v[1].code, FINDING_DISCLOSURES_EARLY);
	log_report_free(&r);
	site_log_free(s);
}

/* ---- breaches ---- */

static void state_breaches(struct site_log *s, int year, int month, int64_t at_ms)
{
	struct statement b = {
	    .type = STATEMENT_BREACHES, .at_ms = at_ms, .month = year * 12 + month - 1};

	site_state(s, &b);
	site_publish(s);
}

/* Nobody misses them in a log that never had one; from the first on each month has its own. */
static void breaches_are_counted_from_the_first_month_on(void **state)
{
	struct site_log *s = site_of_days(70);

	(void)state;
	expect_found(s, site_noon(70), "");
	state_breaches(s, 2024, 10, site_noon(69));
	expect_found(s, site_noon(70), "breaches-missing 2024-11");
	state_breaches(s, 2024, 11, site_noon(69));
	expect_found(s, site_noon(70), "");
	state_breaches(s, 2024, 11, site_noon(69));
	expect_found(s, site_noon(70), "breaches-twice entry 1211");
	site_log_free(s);
	s = site_of_days(70);
	state_breaches(s, 2024, 12, site_noon(69));
	expect_found(s, site_noon(70), "breaches-early entry 1209");
	site_log_free(s);
}

/* ---- lanes ---- */

static void state_lanes(struct site_log *s, int year, int month, int64_t at_ms)
{
	struct statement l = {
	    .type = STATEMENT_LANES, .at_ms = at_ms, .month = year * 12 + month - 1};

	site_state(s, &l);
	site_publish(s);
}

/* A site without gates has none; from the first on each month has its own. */
static void lanes_are_counted_from_the_first_month_on(void **state)
{
	struct site_log *s = site_of_days(70);

	(void)state;
	state_lanes(s, 2024, 10, site_noon(69));
	expect_found(s, site_noon(70), "lanes-missing 2024-11");
	state_lanes(s, 2024, 11, site_noon(69));
	expect_found(s, site_noon(70), "");
	state_lanes(s, 2024, 11, site_noon(69));
	expect_found(s, site_noon(70), "lanes-twice entry 1211");
	site_log_free(s);
	s = site_of_days(70);
	state_lanes(s, 2024, 12, site_noon(69));
	expect_found(s, site_noon(70), "lanes-early entry 1209");
	site_log_free(s);
}

/* ---- sealed disclosures ---- */

static void state_tag(struct site_log *s, enum statement_type type, uint8_t tag, int64_t at_ms,
		      int64_t due_ms)
{
	struct statement d = {.type = type, .at_ms = at_ms, .due_ms = due_ms};

	memset(d.tag, tag, sizeof(d.tag));
	site_state(s, &d);
}

#define TAG "tag 0707070707070707070707070707070707070707070707070707070707070707"

static void a_due_date_that_passes_is_found(void **state)
{
	struct site_log *s = site_of_days(4);
	int64_t due = site_noon(4) + 6 * 3600000;

	(void)state;
	state_tag(s, STATEMENT_DISCLOSURE_SEALED, 7, site_noon(4), due);
	site_publish(s);
	expect_found(s, due + 3600000, "");
	expect_found(s, due + 3600001, "overdue " TAG);
	state_tag(s, STATEMENT_DISCLOSURE_EXTENDED, 7, due, due + SITE_DAY / 4);
	site_publish(s);
	expect_found(s, due + 3600001, "");
	expect_found(s, due + SITE_DAY / 4 + 3600001, "overdue " TAG);
	state_tag(s, STATEMENT_DISCLOSURE_OPENED, 7, due + SITE_DAY / 4, 0);
	site_publish(s);
	expect_found(s, due + SITE_DAY / 4 + 3600001, "");
	site_log_free(s);
}

static void an_opening_after_its_hour_is_told(void **state)
{
	struct site_log *s = site_of_days(4);

	(void)state;
	state_tag(s, STATEMENT_DISCLOSURE_SEALED, 7, site_noon(4), site_noon(4) + 1);
	site_publish(s);
	state_tag(s, STATEMENT_DISCLOSURE_OPENED, 7, site_noon(4) + 4000000, 0);
	site_publish(s);
	expect_found(s, site_noon(4) + 5000000, "late entry 86");
	site_log_free(s);
}

/* A batch stands in random order. */
static void statements_of_a_batch_are_taken_by_their_time(void **state)
{
	struct site_log *s = site_of_days(4);

	(void)state;
	state_tag(s, STATEMENT_DISCLOSURE_OPENED, 7, site_noon(4) + 3, 0);
	state_tag(s, STATEMENT_DISCLOSURE_EXTENDED, 7, site_noon(4) + 2, site_noon(9));
	state_tag(s, STATEMENT_DISCLOSURE_SEALED, 7, site_noon(4) + 1, site_noon(5));
	site_publish(s);
	expect_found(s, site_noon(4) + 4, "");
	site_log_free(s);
}

static void tags_that_nobody_sealed_are_found(void **state)
{
	struct site_log *s = site_of_days(4);

	(void)state;
	state_tag(s, STATEMENT_DISCLOSURE_SEALED, 7, site_noon(4), site_noon(9));
	state_tag(s, STATEMENT_DISCLOSURE_SEALED, 7, site_noon(4) + 1, site_noon(99));
	state_tag(s, STATEMENT_DISCLOSURE_OPENED, 8, site_noon(4) + 2, 0);
	state_tag(s, STATEMENT_DISCLOSURE_EXTENDED, 9, site_noon(4) + 3, site_noon(9));
	site_publish(s);
	expect_found(s, site_noon(4) + 9, "tag entry 86, tag entry 87, tag entry 88");
	site_log_free(s);
}

static void a_month_that_hides_a_disclosure_is_found(void **state)
{
	struct site_log *s = site_of_days(20);

	(void)state;
	state_tag(s, STATEMENT_DISCLOSURE_SEALED, 7, site_noon(20), site_noon(999));
	for (int64_t n = 20; n < 30; n++)
		site_count(s, n); /* states a month without any */
	site_publish(s);
	expect_found(s, site_noon(30), "disclosures-differ 2024-10");
	site_log_free(s);
}

/* ---- the rest ---- */

static void what_was_put_back_may_repeat(void **state)
{
	struct site_log *s = site_of_days(4);
	struct statement back = {
	    .type = STATEMENT_DATABASE_RESTORED, .at_ms = site_noon(4), .size = 40};

	(void)state;
	site_state(s, &back);
	site_publish(s);
	state_counts(s, 2, 1, 1, site_noon(4) + 1);
	expect_found(s, site_noon(4) + 2, "restored entry 85");
	site_log_free(s);
}

static void times_that_can_t_be_are_found(void **state)
{
	struct site_log *s = site_of_days(4);

	(void)state;
	state_tag(s, STATEMENT_DISCLOSURE_SEALED, 1, site_noon(2), site_noon(9));
	site_publish(s);
	state_tag(s, STATEMENT_DISCLOSURE_SEALED, 2, site_noon(5), site_noon(9));
	site_publish(s);
	expect_found(s, site_noon(4), "order entry 85, time entry 86");
	site_log_free(s);
}

static void a_newer_statement_is_told(void **state)
{
	static const char text[] =
	    "tanu site statement v1\n{\"at_ms\":1728028800000,\"type\":\"weather\"}\n";
	struct site_log *s = site_of_days(4);
	struct buf note = {0};

	(void)state;
	assert_int_equal(note_sign(&note, &s->log, text, sizeof(text) - 1, NULL), TANU_OK);
	site_entry(s, note.data, note.len);
	site_publish(s);
	expect_found(s, site_noon(4), "order entry 85, unknown entry 85");
	buf_free(&note);
	site_log_free(s);
}

static void leaves_come_by_sixteen(void **state)
{
	struct site_log *s = site_of_days(1);
	uint8_t leaf[TANU_LEAF_LEN] = {9};

	(void)state;
	site_entry(s, leaf, sizeof(leaf));
	site_publish(s);
	expect_found(s, site_noon(1), "batch log");
	site_log_free(s);
}

static void no_log_is_not_found(void **state)
{
	struct site_log *s = site_log_new();
	struct log_report r;

	(void)state;
	assert_int_equal(audit_with(&r, s, SITE_OPENED, NULL, NULL, NULL), TANU_NOT_FOUND);
	log_report_free(&r);
	site_log_free(s);
}

static tanu_status stop_half_way(void *self, uint64_t done, uint64_t total, tanu_error *err)
{
	(void)self;
	return done * 2 > total ? tanu_fail(err, TANU_ERR_IO, NULL, "enough") : TANU_OK;
}

static void progress_may_end_it(void **state)
{
	struct site_log *s = site_of_days(40);
	tanu_policy *policy = NULL;
	struct log_audit_options options = {.now_ms = site_noon(40), .progress = stop_half_way};
	struct log_report r;

	(void)state;
	assert_int_equal(tanu_policy_parse(&policy, s->policy, strlen(s->policy), NULL), TANU_OK);
	options.policy = policy;
	assert_int_equal(log_audit(&r, &s->files, &options, NULL), TANU_SYSTEM);
	log_report_free(&r);
	tanu_policy_free(&policy);
	site_log_free(s);
}

/* ---- monitors ---- */

/* Through JSON, as a monitor keeps it between its runs. */
static void keep(struct log_exam **exam)
{
	struct buf text = {0}, again = {0};
	struct json_doc *doc = NULL;
	struct json_w w;

	jw_init(&w, &text);
	log_exam_put(&w, NULL, *exam);
	assert_false(text.failed);
	log_exam_free(exam);
	assert_int_equal(json_parse(&doc, text.data, text.len, 1 << 20, "state", NULL), TANU_OK);
	assert_int_equal(log_exam_get(exam, json_root(doc), NULL), TANU_OK);
	jw_init(&w, &again);
	log_exam_put(&w, NULL, *exam);
	assert_string_equal(buf_cstr(&again), buf_cstr(&text));
	json_free(&doc);
	buf_free(&text);
	buf_free(&again);
}

/* A site with something of everything. */
static struct site_log *busy_site(int64_t until, struct log_exam **exam)
{
	struct site_log *s = site_log_new();
	struct buf earlier = {0};

	site_open(s);
	for (int64_t n = 0; n < until; n++) {
		struct log_report r;

		if (n == 3)
			state_tag(s, STATEMENT_DISCLOSURE_SEALED, 7, site_noon(n), site_noon(8));
		if (n == 6)
			site_entry(s, "?", 1);
		if (n != 9 && n != 10)
			site_count(s, n);
		if (n == 11)
			site_count(s, 10);
		site_leaves(s);
		site_publish(s);
		if (!exam)
			continue;
		assert_int_equal(
		    audit_with(&r, s, site_noon(n + 1), earlier.len ? &earlier : NULL, *exam, NULL),
		    TANU_OK);
		assert_true(r.believed);
		log_report_free(&r);
		keep(exam);
		earlier.len = 0;
		site_note(s, &earlier, true);
	}
	buf_free(&earlier);
	return s;
}

static void a_monitor_sees_what_an_audit_sees(void **state)
{
	struct log_exam *exam = NULL;
	struct log_report whole, rest;
	struct site_log *s;
	char text[4096];

	(void)state;
	assert_int_equal(log_exam_new(&exam, NULL), TANU_OK);
	s = busy_site(40, &exam);
	assert_int_equal(audit_with(&whole, s, site_noon(40), NULL, NULL, NULL), TANU_OK);
	assert_int_equal(audit_with(&rest, s, site_noon(40), NULL, exam, NULL), TANU_OK);
	snprintf(text, sizeof(text), "%s", told(&whole));
	assert_string_equal(text, "entry entry 120, disclosures-differ 2024-10, "
				  "counts-missing 2024-10-13, overdue " TAG);
	assert_int_equal(whole.counts.entries, rest.counts.entries);
	assert_int_equal(whole.counts.leaves, rest.counts.leaves);
	assert_int_equal(whole.counts.statements, rest.counts.statements);
	assert_int_equal(whole.counts.sealed, 1);
	assert_int_equal(rest.counts.sealed, 1);
	assert_string_equal(told(&rest), text);
	log_report_free(&whole);
	log_report_free(&rest);
	log_exam_free(&exam);
	site_log_free(s);
}

static void a_monitor_takes_in_nothing_of_a_fork(void **state)
{
	struct site_log *s = site_of_days(5), *other = other_story(4, 9);
	struct log_exam *exam = NULL;
	struct buf earlier = {0};
	struct log_report r;
	struct log_exam_counts counts;

	(void)state;
	assert_int_equal(log_exam_new(&exam, NULL), TANU_OK);
	assert_int_equal(audit_with(&r, s, site_noon(5), NULL, exam, NULL), TANU_OK);
	log_report_free(&r);
	site_note(s, &earlier, true);
	assert_int_equal(audit_with(&r, other, site_noon(9), &earlier, exam, NULL), TANU_OK);
	assert_int_equal(r.findings.v[0].code, FINDING_FORK);
	log_report_free(&r);
	log_exam_count(&counts, exam);
	assert_int_equal(counts.entries, s->head.size);
	log_exam_free(&exam);
	buf_free(&earlier);
	site_log_free(s);
	site_log_free(other);
}

/* Each key under another name. */
static void refuses_a_damaged_state(void **state)
{
	struct log_exam *exam = NULL;
	struct buf text = {0};
	struct json_w w;
	size_t refused = 0, keys = 0;

	(void)state;
	assert_int_equal(log_exam_new(&exam, NULL), TANU_OK);
	site_log_free(busy_site(12, &exam));
	jw_init(&w, &text);
	log_exam_put(&w, NULL, exam);
	log_exam_free(&exam);
	for (const char *at = buf_cstr(&text); (at = strstr(at, "\":")); at++) {
		struct json_doc *doc = NULL;
		char *spot = (char *)text.data + (at - (const char *)text.data) - 1;
		char kept = *spot;

		keys++;
		*spot = '~';
		if (json_parse(&doc, text.data, text.len, 1 << 20, "state", NULL) == TANU_OK &&
		    log_exam_get(&exam, json_root(doc), NULL) == TANU_OK)
			log_exam_free(&exam);
		else
			refused++;
		json_free(&doc);
		*spot = kept;
	}
	assert_int_equal(refused, keys);
	assert_true(keys > 30);
	assert_null(exam);
	buf_free(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_site_that_does_all_it_must_is_clean),
	    cmocka_unit_test(without_a_witness_it_is_told),
	    cmocka_unit_test(an_unsigned_checkpoint_is_not_looked_behind),
	    cmocka_unit_test(without_its_witness_the_rest_is_still_checked),
	    cmocka_unit_test(every_damaged_file_is_found),
	    cmocka_unit_test(damage_does_not_hide_what_follows),
	    cmocka_unit_test(entries_of_other_kinds_are_found),
	    cmocka_unit_test(missing_slots_are_found),
	    cmocka_unit_test(two_stories_are_a_fork),
	    cmocka_unit_test(one_size_with_two_roots_is_a_fork),
	    cmocka_unit_test(a_log_that_continues_is_no_fork),
	    cmocka_unit_test(a_log_that_went_back_is_found),
	    cmocka_unit_test(an_earlier_checkpoint_must_be_of_this_log),
	    cmocka_unit_test(a_day_that_is_not_counted_is_found),
	    cmocka_unit_test(a_statement_has_a_day_to_come),
	    cmocka_unit_test(counts_that_can_t_be_are_found),
	    cmocka_unit_test(a_month_that_is_not_counted_is_found),
	    cmocka_unit_test(breaches_are_counted_from_the_first_month_on),
	    cmocka_unit_test(lanes_are_counted_from_the_first_month_on),
	    cmocka_unit_test(months_that_can_t_be_are_found),
	    cmocka_unit_test(a_due_date_that_passes_is_found),
	    cmocka_unit_test(an_opening_after_its_hour_is_told),
	    cmocka_unit_test(statements_of_a_batch_are_taken_by_their_time),
	    cmocka_unit_test(tags_that_nobody_sealed_are_found),
	    cmocka_unit_test(a_month_that_hides_a_disclosure_is_found),
	    cmocka_unit_test(what_was_put_back_may_repeat),
	    cmocka_unit_test(times_that_can_t_be_are_found),
	    cmocka_unit_test(a_newer_statement_is_told),
	    cmocka_unit_test(leaves_come_by_sixteen),
	    cmocka_unit_test(no_log_is_not_found),
	    cmocka_unit_test(progress_may_end_it),
	    cmocka_unit_test(a_monitor_sees_what_an_audit_sees),
	    cmocka_unit_test(a_monitor_takes_in_nothing_of_a_fork),
	    cmocka_unit_test(refuses_a_damaged_state),
	};

	crypto_init(NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
