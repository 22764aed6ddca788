/* SPDX-License-Identifier: Apache-2.0 */
/* Papers of a person and of the site: kept, changed, taken away, and not by a stranger. */
#include "service/stranger.h"

#define ACCESS TANU_PURPOSE_ACCESS

static tanu_id put(struct site *site, const tanu_id *owner, enum record_kind kind, const char *text)
{
	tanu_id id = {0};

	MUST(tx_begin(site->s, err));
	MUST(tx_end(site->s,
		    paper_put(site->s, &id, owner, kind, site_clock(site), text, strlen(text), err),
		    err));
	return id;
}

static void begin(struct site *site)
{
	MUST(tx_begin(site->s, err));
}

static tanu_status set(struct site *site, const tanu_id *owner, const tanu_id *id, const char *text,
		       tanu_error *err)
{
	begin(site);
	return tx_end(site->s, paper_set(site->s, owner, id, text, strlen(text), err), err);
}

static tanu_status drop(struct site *site, const tanu_id *owner, const tanu_id *id, tanu_error *err)
{
	begin(site);
	return tx_end(site->s, paper_delete(site->s, owner, id, err), err);
}

static tanu_status take_texts(void *self, const struct paper *paper, tanu_error *err)
{
	(void)err;
	buf_printf(self, "%d:%.*s;", paper->kind, (int)paper->text.len,
		   (const char *)paper->text.data);
	return TANU_OK;
}

static void assert_papers(struct site *site, const tanu_id *owner, int kind, const char *expected)
{
	struct buf found = {0};

	MUST(papers_each(site->s, owner, (enum record_kind)kind, take_texts, &found, err));
	assert_string_equal(buf_cstr(&found), expected);
	buf_free(&found);
}

static void keeps_changes_and_takes_away(void **state)
{
	struct site *site = *state;
	tanu_id person = add_person(site, "Aliya", 30);
	const tanu_id owners[] = {person, site->s->site};

	for (size_t i = 0; i < ARRAY_LEN(owners); i++) {
		const tanu_id *owner = &owners[i];
		tanu_id first = put(site, owner, RECORD_CONTACT, "first"), second;
		struct paper paper = {0};

		second = put(site, owner, RECORD_SCAN, "second");
		site_reopen(site);
		assert_papers(site, owner, 0, "2:first;3:second;");
		assert_papers(site, owner, RECORD_SCAN, "3:second;");
		assert_papers(site, owner, RECORD_PASS, "");
		MUST(set(site, owner, &first, "changed", err));
		MUST(paper_get(site->s, &paper, owner, &first, err));
		assert_string_equal(buf_cstr(&paper.text), "changed");
		assert_int_equal(paper.kind, RECORD_CONTACT);
		paper_free(&paper);
		MUST(drop(site, owner, &second, err));
		assert_papers(site, owner, 0, "2:changed;");
		MUST(service_check(site->s, err));
	}
}

static void an_unknown_paper_is_missing(void **state)
{
	struct site *site = *state;
	tanu_id person = add_person(site, "Aliya", 30), other = add_person(site, "Dana", 30);
	tanu_id id = put(site, &person, RECORD_CONTACT, "hers");
	struct paper paper = {0};

	REFUSES(TANU_ERR_RECORD_MISSING, paper_get(site->s, &paper, &other, &id, err));
	REFUSES(TANU_ERR_RECORD_MISSING, set(site, &other, &id, "mine", err));
	REFUSES(TANU_ERR_RECORD_MISSING, drop(site, &other, &id, err));
	REFUSES(TANU_ERR_RECORD_MISSING, drop(site, &site->s->site, &id, err));
	assert_papers(site, &person, 0, "2:hers;");
}

static void a_paper_has_a_largest_size(void **state)
{
	struct site *site = *state;
	uint8_t *large = calloc(1, PAPER_MAX + 1);

	assert_non_null(large);
	begin(site);
	REFUSES(TANU_ERR_FILE_TOO_LARGE, paper_put(site->s, NULL, &site->s->site, RECORD_SCAN, 0,
						   large, PAPER_MAX + 1, err));
	MUST(paper_put(site->s, NULL, &site->s->site, RECORD_SCAN, 0, large, PAPER_MAX, err));
	MUST(tx_end(site->s, TANU_OK, err));
	free(large);
}

static void nothing_of_a_paper_stands_in_clear(void **state)
{
	static const char secret[] = "Mother, seen with passport";
	struct site *site = *state;
	tanu_id person = add_person(site, "Aliya", 30);

	put(site, &person, RECORD_GUARDIANSHIP, secret);
	put(site, &site->s->site, RECORD_BREACH, secret);
	service_close(&site->s);
	assert_int_equal(files_holding(site->dir, secret, strlen(secret)), 0);
	site_open_dir(site, site->dir);
}

static void papers_leave_with_their_person(void **state)
{
	struct site *site = *state;
	tanu_id person = add_person(site, "Aliya", 30);
	struct erasure_receipt receipt;
	struct buf found = {0};

	put(site, &person, RECORD_CONTACT, "hers");
	MUST(service_subject_remove(site->s, &receipt, &person, err));
	REFUSES(TANU_ERR_SUBJECT_MISSING,
		papers_each(site->s, &person, (enum record_kind)0, take_texts, &found, err));
	MUST(service_check(site->s, err));
}

static void an_edited_paper_is_noticed(void **state)
{
	static const char *const edits[] = {
	    "UPDATE record SET kind = 4",
	    "UPDATE record SET created_ms = created_ms + 1",
	    "UPDATE record SET sealed = zeroblob(99)",
	    "UPDATE record SET id = randomblob(16)",
	    "DELETE FROM record",
	    "DELETE FROM record; INSERT INTO record SELECT * FROM old.record", /* older text */
	    "INSERT INTO record SELECT subject, 1, randomblob(16), 0, sealed FROM record",
	};
	struct site *site = *state;
	tanu_id person = add_person(site, "Aliya", 30), other = add_person(site, "Dana", 30);
	const tanu_id owners[] = {person, site->s->site};

	for (size_t i = 0; i < ARRAY_LEN(owners); i++)
		for (size_t k = 0; k < ARRAY_LEN(edits); k++) {
			const tanu_id *owner = &owners[i];
			tanu_id id = put(site, owner, RECORD_CONTACT, "one");
			struct buf found = {0};

			stranger_copies(site);
			MUST(set(site, owner, &id, "two", err));
			MUST(service_check(site->s, err));
			stranger_edits(site, edits[k]);
			REFUSES(TANU_ERR_DB_DAMAGED,
				papers_each(site->s, owner, (enum record_kind)0, take_texts, &found,
					    err));
			REFUSES(TANU_ERR_DB_DAMAGED, set(site, owner, &id, "three", err));
			REFUSES(TANU_ERR_DB_DAMAGED, drop(site, owner, &id, err));
			REFUSES(TANU_ERR_DB_DAMAGED, service_check(site->s, err));
			assert_papers(site, &other, 0, "");
			/* All as before this paper, head included. */
			stranger_edits(site,
				       "DELETE FROM record;"
				       "UPDATE subject SET profile = (SELECT profile FROM "
				       "old.subject o WHERE o.id = subject.id);"
				       "UPDATE meta SET value = (SELECT value FROM old.meta o "
				       "WHERE o.key = meta.key) WHERE key = 'papers';"
				       "INSERT INTO record SELECT * FROM old.record");
			assert_papers(site, owner, 0, "2:one;");
			MUST(drop(site, owner, &id, err));
		}
}

static void a_site_digest_taken_away_is_noticed(void **state)
{
	struct site *site = *state;

	put(site, &site->s->site, RECORD_NOTICE, "one");
	stranger_edits(site, "UPDATE meta SET value = zeroblob(72) WHERE key = 'papers'");
	REFUSES(TANU_ERR_CRYPTO, papers_check(site->s, &site->s->site, err));
	stranger_edits(site, "DELETE FROM meta WHERE key = 'papers'");
	REFUSES(TANU_ERR_DB_DAMAGED, papers_check(site->s, &site->s->site, err));
}

/* ---- how often a face was embedded ---- */

static uint64_t embeddings(struct site *site, const tanu_id *id)
{
	struct subject_view view = {0};

	MUST(service_subject_get(site->s, &view, id, err));
	return view.embeddings;
}

static void embeddings_are_counted_by_person(void **state)
{
	struct site *site = *state;
	tanu_id person = add_person(site, "Aliya", 30), other = add_person(site, "Dana", 30);
	tanu_error why = {.code = TANU_ERR_FACE_QUALITY};

	assert_int_equal(embeddings(site, &person), 0);
	for (int i = 0; i < 3; i++) /* as sample_embed does */
		MUST(id_list_add(&site->s->embedded, i == 1 ? &other : &person, err));
	MUST(refusal_put(site->s, &person, TANU_EVENT_VERIFY_REFUSED, ACCESS, NULL, &why));
	assert_int_equal(embeddings(site, &person), 2);
	assert_int_equal(embeddings(site, &other), 1);
	MUST(refusal_put(site->s, &person, TANU_EVENT_VERIFY_REFUSED, ACCESS, NULL, &why));
	assert_int_equal(embeddings(site, &person), 2);
	MUST(service_check(site->s, err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(keeps_changes_and_takes_away),
	    SITE_TEST(an_unknown_paper_is_missing),
	    SITE_TEST(a_paper_has_a_largest_size),
	    SITE_TEST(nothing_of_a_paper_stands_in_clear),
	    SITE_TEST(papers_leave_with_their_person),
	    SITE_TEST(an_edited_paper_is_noticed),
	    SITE_TEST(a_site_digest_taken_away_is_noticed),
	    SITE_TEST(embeddings_are_counted_by_person),
	};

	return cmocka_run_group_tests_name("service/papers", tests, NULL, NULL);
}
