/* SPDX-License-Identifier: Apache-2.0 */
/* Walks over logs in memory: what is told of each leaf, and that damage never passes for clean. */
#include "receipt/history.h"
#include "receipt/scenes.h"
#include "tlog/memory_log.h"

static tanu_report *report_of(struct scene *s)
{
	tanu_report *report = NULL;
	tanu_error err = {0};

	if (scene_report(&report, s, &err) < 0)
		fail_msg("%s: %s", err.place, err.message);
	return report;
}

static void tells_each_event_with_its_delay(void **state)
{
	struct scene s;
	tanu_report *r;
	struct receipt_event e;

	(void)state;
	scene_open(&s, scene_named("good_history"));
	r = report_of(&s);
	assert_int_equal(r->leaves_len, 7);
	for (size_t i = 0; i < r->leaves_len; i++) {
		assert_int_equal(r->leaves[i].n, i);
		assert_int_equal(r->leaves[i].state, TANU_LEAF_OPENED);
		assert_int_equal(r->leaves[i].index, s.world->leaves[0][i].index);
		assert_string_equal(r->leaves[i].event, s.world->leaves[0][i].event);
		/* Cosigned an hour after the start, and 96 hours later. */
		assert_int_equal(r->leaves[i].before_ms, i < 3 ? AT(1) : AT(97));
	}
	/* The use of the second day was published after its own batch's disclosure of day four
	 * happened or the count of that day was made, whichever stands before it. */
	assert_int_equal(
	    receipt_event_parse(&e, r->leaves[3].event, strlen(r->leaves[3].event), NULL), TANU_OK);
	assert_int_equal(e.at_ms, AT(24));
	assert_true(r->leaves[3].after_ms == 0 || r->leaves[3].after_ms <= AT(97));
	assert_true(r->has_checkpoint);
	assert_int_equal(r->size, s.world->size);
	assert_int_equal(r->witnesses, 1);
	assert_int_equal(r->witnessed_ms, AT(97));
	tanu_report_free(&r);
	scene_close(&s);
}

/* An entry is younger than what entries before it tell of. */
static void bounds_the_time_of_publishing_from_below(void **state)
{
	struct scene s;
	tanu_report *r;

	(void)state;
	scene_open(&s, scene_named("good_history"));
	world_event(s.world, 0, "{\"at_ms\":%lld,\"sequence\":0,\"type\":\"exported\"}", AT(30));
	world_publish(s.world, WITNESSED, 120);
	r = report_of(&s);
	assert_int_equal(r->leaves[7].after_ms, AT(96));
	assert_int_equal(r->leaves[7].before_ms, AT(120));
	tanu_report_free(&r);
	scene_close(&s);
}

static void a_fork_shows_both_checkpoints(void **state)
{
	struct scene s;
	tanu_report *r;
	struct buf served = {0};
	struct log_files files;

	(void)state;
	scene_open(&s, scene_named("forked"));
	files = world_files(s.world);
	assert_int_equal(files.read(files.self, &served, "checkpoint", 4096, NULL), TANU_OK);
	r = report_of(&s);
	assert_non_null(r->evidence[0]);
	assert_string_equal(r->evidence[1], buf_cstr(&served));
	assert_string_not_equal(r->evidence[0], r->evidence[1]);
	tanu_report_free(&r);
	buf_free(&served);
	scene_close(&s);
}

static void a_dropped_leaf_is_still_told_by_her_receipt(void **state)
{
	struct scene s;
	tanu_report *r;

	(void)state;
	scene_open(&s, scene_named("dropped_leaf"));
	r = report_of(&s);
	assert_int_equal(r->leaves_len, 3);
	assert_int_equal(r->leaves[1].n, 1);
	assert_int_equal(r->leaves[1].index, -1);
	assert_true(r->leaves[1].from_receipt);
	assert_non_null(strstr(r->leaves[1].event, "consent-given"));
	tanu_report_free(&r);
	scene_close(&s);
}

static void a_false_text_is_not_shown(void **state)
{
	struct scene s;
	tanu_report *r;

	(void)state;
	scene_open(&s, scene_named("edited_event"));
	r = report_of(&s);
	assert_int_equal(r->leaves[3].state, TANU_LEAF_EDITED);
	assert_string_equal(r->leaves[3].event, "");
	tanu_report_free(&r);
	scene_close(&s);
}

/* ---- damage ---- */

static void no_flipped_bit_of_an_entry_stays_clean(void **state)
{
	struct scene s;
	struct memory_file *f;

	(void)state;
	scene_open(&s, scene_named("good_history"));
	f = memory_file_find(&s.world->files, "tile/entries/000.p/14");
	assert_non_null(f);
	for (size_t i = 0; i < f->len; i += 11) {
		tanu_report *r;

		f->bytes[i] ^= 4;
		r = report_of(&s);
		assert_int_not_equal(r->verdict, TANU_VERDICT_CLEAN);
		tanu_report_free(&r);
		f->bytes[i] ^= 4;
	}
	scene_close(&s);
}

static void no_flipped_bit_of_the_checkpoint_stays_clean(void **state)
{
	struct scene s;
	struct memory_file *f;

	(void)state;
	scene_open(&s, scene_named("good_history"));
	f = memory_file_find(&s.world->files, "checkpoint");
	for (size_t i = 0; i < f->len; i += 3) {
		tanu_report *r;

		f->bytes[i] ^= 1;
		r = report_of(&s);
		if (r->verdict == TANU_VERDICT_CLEAN)
			fail_msg("byte %zu of the checkpoint", i);
		tanu_report_free(&r);
		f->bytes[i] ^= 1;
	}
	scene_close(&s);
}

static bool is_slot_of_hers(const struct world *w, uint64_t index)
{
	for (uint64_t n = 0; n < w->next[0]; n++)
		if (w->leaves[0][n].index == index)
			return true;
	return false;
}

/* Of other people's slots she can't tell, and need not. */
static void a_flipped_bit_of_her_slots_is_withheld(void **state)
{
	struct scene s;
	struct memory_file *f;

	(void)state;
	scene_open(&s, scene_named("good_history"));
	f = memory_file_find(&s.world->files, "opening/000");
	for (size_t i = 0; i < f->len; i += 389) {
		bool hers = is_slot_of_hers(s.world, i / TANU_OPENING_LEN);
		tanu_report *r;

		f->bytes[i] ^= 0x10;
		r = report_of(&s);
		assert_int_equal(r->verdict, hers ? TANU_VERDICT_SUSPICIOUS : TANU_VERDICT_CLEAN);
		tanu_report_free(&r);
		f->bytes[i] ^= 0x10;
	}
	scene_close(&s);
}

static void a_size_from_a_stranger_is_not_walked_for_ever(void **state)
{
	struct scene s;
	tanu_checkpoint c = {.origin = "log.example/school-12", .size = INT64_MAX};
	struct buf text = {0}, note = {0};
	tanu_report *r;

	(void)state;
	scene_open(&s, scene_named("good_history"));
	for (int i = 0; i < 2; i++) {
		text.len = note.len = 0;
		checkpoint_put(&text, &c);
		assert_int_equal(note_sign(&note, &s.world->log, (char *)text.data, text.len, NULL),
				 TANU_OK);
		memory_file_put(&s.world->files, "checkpoint", note.data, note.len);
		r = report_of(&s);
		assert_int_not_equal(r->verdict, TANU_VERDICT_CLEAN);
		tanu_report_free(&r);
		c.size = (uint64_t)JSON_INT_END - 1;
	}
	buf_free(&text);
	buf_free(&note);
	scene_close(&s);
}

/* ---- the parts ---- */

static void roots_while_growing_are_those_of_the_tree(void **state)
{
	static struct memory_log log;
	struct hash_source source = memory_log_source(&log);
	struct growing tree = {0};
	tanu_hash have, want;

	(void)state;
	memset(&log, 0, sizeof(log));
	for (uint64_t i = 0; i <= 300; i++) {
		growing_root(&have, &tree);
		assert_int_equal(tree_root(&want, &source, i, NULL), TANU_OK);
		assert_memory_equal(&have, &want, sizeof(have));
		memory_log_append(&log, &i, sizeof(i));
		growing_add(&tree, &i, sizeof(i));
	}
}

static void looks_for_a_bounded_number_of_leaves_ahead(void **state)
{
	tanu_receipt_key keys[2] = {{.key = {1}}, {.key = {2}}};
	struct tags tags;
	uint8_t tag[TANU_LEAF_PART];

	(void)state;
	assert_int_equal(tags_open(&tags, keys, 2, NULL), TANU_OK);
	tanu_leaf_tag(tag, keys[1].key, TAGS_AHEAD - 1);
	assert_non_null(tags_find(&tags, tag));
	assert_int_equal(tags_find(&tags, tag)->key, 1);
	assert_int_equal(tags_find(&tags, tag)->n, TAGS_AHEAD - 1);
	tanu_leaf_tag(tag, keys[1].key, TAGS_AHEAD);
	assert_null(tags_find(&tags, tag));
	assert_int_equal(tags_advance(&tags, 1, 0, NULL), TANU_OK);
	assert_non_null(tags_find(&tags, tag));
	assert_int_equal(tags_advance(&tags, 1, 5000, NULL), TANU_OK);
	tanu_leaf_tag(tag, keys[1].key, 5000 + TAGS_AHEAD);
	assert_non_null(tags_find(&tags, tag));
	tanu_leaf_tag(tag, keys[0].key, TAGS_AHEAD);
	assert_null(tags_find(&tags, tag));
	tags_close(&tags);
}

/* ---- the public call ---- */

static tanu_status read_malloc(void *self, uint8_t **bytes, size_t *len, const char *path,
			       size_t max_bytes, tanu_error *err)
{
	struct buf out = {0};
	tanu_status st = memory_files_read(self, &out, path, max_bytes, err);

	if (st == TANU_OK) {
		*bytes = out.data;
		*len = out.len;
	}
	return st;
}

static uint64_t walked;

static void step(void *self, uint64_t done, uint64_t size)
{
	(void)self;
	assert_true(done < size);
	walked++;
}

static void the_public_call_finds_the_same(void **state)
{
	struct scene s;
	tanu_log_files files = {.read = read_malloc, .progress = step};
	tanu_receipt *receipt = NULL;
	tanu_report *inner, *outer = NULL;
	struct buf a = {0}, b = {0};

	(void)state;
	scene_open(&s, scene_named("two_bundles"));
	inner = report_of(&s);
	files.self = &s.world->files;
	assert_int_equal(tanu_receipt_parse(&receipt, s.receipts[0].data, s.receipts[0].len, NULL),
			 TANU_OK);
	assert_int_equal(tanu_receipt_history(&outer, (const tanu_receipt *const *)&receipt, 1,
					      &files, NULL, NULL),
			 TANU_OK);
	scene_json(&a, inner);
	scene_json(&b, outer);
	assert_string_equal(buf_cstr(&a), buf_cstr(&b));
	assert_int_equal(walked, 2);
	buf_free(&a);
	buf_free(&b);
	tanu_report_free(&inner);
	tanu_report_free(&outer);
	tanu_receipt_free(&receipt);
	scene_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(tells_each_event_with_its_delay),
	    cmocka_unit_test(bounds_the_time_of_publishing_from_below),
	    cmocka_unit_test(a_fork_shows_both_checkpoints),
	    cmocka_unit_test(a_dropped_leaf_is_still_told_by_her_receipt),
	    cmocka_unit_test(a_false_text_is_not_shown),
	    cmocka_unit_test(no_flipped_bit_of_an_entry_stays_clean),
	    cmocka_unit_test(no_flipped_bit_of_the_checkpoint_stays_clean),
	    cmocka_unit_test(a_flipped_bit_of_her_slots_is_withheld),
	    cmocka_unit_test(a_size_from_a_stranger_is_not_walked_for_ever),
	    cmocka_unit_test(roots_while_growing_are_those_of_the_tree),
	    cmocka_unit_test(looks_for_a_bounded_number_of_leaves_ahead),
	    cmocka_unit_test(the_public_call_finds_the_same),
	};

	return cmocka_run_group_tests_name("receipt/history", tests, NULL, NULL);
}
