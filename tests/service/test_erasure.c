/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Erasure with a positive control: bytes that were found in the data folder before are looked for
 * in the same way afterwards. And what an old copy can and can not bring back.
 */
#include "service/site.h"

#define ACCESS TANU_PURPOSE_ACCESS
#define VISIT  TANU_PURPOSE_VISIT
#define PEOPLE 12
#define SAMPLE 48 /* bytes searched for */

/* Random-looking bytes that must vanish: one from the middle of each sealed thing. */
struct traces {
	uint8_t reference[SAMPLE], profile[SAMPLE], detail[SAMPLE], event[SAMPLE];
	uint8_t bucket[SAMPLE], epoch[SECRET_LEN];
};

static void sample_of(uint8_t out[SAMPLE], const struct buf *sealed)
{
	assert_true(sealed->len >= SAMPLE);
	memcpy(out, sealed->data + (sealed->len - SAMPLE) / 2, SAMPLE);
}

static tanu_status take_detail(void *self, const struct consent_row *row, tanu_error *err)
{
	(void)err;
	sample_of(((struct traces *)self)->detail, &row->detail);
	return TANU_OK;
}

static tanu_status take_event(void *self, const struct event_row *row, tanu_error *err)
{
	(void)err;
	sample_of(((struct traces *)self)->event, &row->sealed);
	return TANU_OK;
}

struct key_files {
	const char *dir;
	char bucket[16], epoch[16]; /* how their names begin */
	struct traces *traces;
	int found;
};

static tanu_status take_key_file(void *self, const char *name, tanu_error *err)
{
	struct key_files *files = self;
	struct buf file = {0};
	char path[OS_PATH_MAX];
	bool bucket = strncmp(name, files->bucket, strlen(files->bucket)) == 0;
	tanu_status st;

	if (!bucket && strncmp(name, files->epoch, strlen(files->epoch)) != 0)
		return TANU_OK;
	if ((st = os_path(path, sizeof(path), files->dir, name, err)) < 0 ||
	    (st = os_read_file(&file, path, 1 << 20, err)) < 0)
		return st;
	if (bucket)
		sample_of(files->traces->bucket, &file);
	else
		memcpy(files->traces->epoch, file.data, sizeof(files->traces->epoch));
	files->found++;
	buf_free(&file);
	return TANU_OK;
}

/* The wrapped keys of everybody in her bucket, and the secret they are wrapped under. */
static void take_keys(struct site *site, struct traces *traces, const tanu_id *id)
{
	char dir[128];
	struct key_files files = {.dir = dir, .traces = traces};

	snprintf(dir, sizeof(dir), "%s/keys", site->dir);
	snprintf(files.bucket, sizeof(files.bucket), "bucket-%02x", id->b[0] / 16);
	snprintf(files.epoch, sizeof(files.epoch), "epoch-%02x", id->b[0] / 16);
	MUST(os_list_dir(dir, take_key_file, &files, err));
	assert_int_equal(files.found, 2);
}

static void take_profile(struct site *site, struct traces *traces, const tanu_id *id)
{
	struct subject_row subject = {0};

	MUST(DB(site->s, subject_get, &subject, id, err));
	sample_of(traces->profile, &subject.profile);
	buf_free(&subject.profile);
}

static void take_traces(struct site *site, struct traces *traces, const tanu_id *id)
{
	struct reference_row reference = {0};

	take_profile(site, traces, id);
	MUST(DB(site->s, reference_get, &reference, id, err));
	sample_of(traces->reference, &reference.sealed);
	buf_free(&reference.sealed);
	MUST(DB(site->s, consent_each, id, take_detail, traces, err));
	MUST(DB(site->s, event_each, id, take_event, traces, err));
	take_keys(site, traces, id);
}

static size_t holding(struct site *site, const uint8_t *bytes, size_t len)
{
	return files_holding(site->dir, bytes, len);
}

/*
 * Everybody consents to access and is enrolled; the seed of a face is the index. The last one
 * shares the first one's key bucket.
 */
static void populate(struct site *site, tanu_id *ids)
{
	for (uint32_t i = 0; i < PEOPLE; i++) {
		do
			ids[i] = add_person(site, "Somebody", 30);
		while (i == PEOPLE - 1 && ids[i].b[0] / 16 != ids[0].b[0] / 16);
		give(site, &ids[i], ACCESS, 300);
		keep_reference(site, &ids[i], i);
	}
}

static void assert_others_open(struct service *s, const tanu_id *ids)
{
	for (uint32_t i = 1; i < PEOPLE; i++)
		assert_opens(s, &ids[i], i);
}

static void withdrawing_leaves_no_byte_of_the_reference(void **state)
{
	struct site *site = *state;
	tanu_id ids[PEOPLE];
	struct traces traces = {0};
	struct erasure_receipt receipt = {0};
	tanu_reference reference;

	populate(site, ids);
	take_traces(site, &traces, &ids[0]);
	assert_opens(site->s, &ids[0], 0);
	assert_true(holding(site, traces.reference, SAMPLE) > 0);
	assert_true(holding(site, traces.bucket, SAMPLE) > 0);
	assert_true(holding(site, traces.epoch, SECRET_LEN) > 0);
	MUST(service_consent_withdraw(site->s, &receipt, &ids[0], 0, err));
	assert_int_equal(receipt.purposes, ACCESS);
	assert_true(receipt.reference_erased);
	assert_false(receipt.profile_erased);
	assert_false(receipt.rollback_resistant);
	assert_int_equal(receipt.keys_destroyed, 1);
	take_profile(site, &traces, &ids[0]); /* each act seals it anew */
	for (int closed = 0; closed < 2; closed++) {
		assert_int_equal(holding(site, traces.reference, SAMPLE), 0);
		assert_int_equal(holding(site, traces.bucket, SAMPLE), 0);
		assert_int_equal(holding(site, traces.epoch, SECRET_LEN), 0);
		/* Only the face goes: her name and her history stay hers. */
		assert_true(holding(site, traces.profile, SAMPLE) > 0);
		service_close(&site->s);
	}
	site_open_dir(site, site->dir);
	REFUSES(TANU_ERR_NO_CONSENT, open_reference(site->s, &reference, &ids[0], err));
	assert_others_open(site->s, ids);
}

static void leaving_leaves_no_byte_of_the_person(void **state)
{
	struct site *site = *state;
	tanu_id ids[PEOPLE], found;
	struct traces traces = {0};
	struct erasure_receipt receipt = {0};
	struct subject_view view;

	populate(site, ids);
	take_traces(site, &traces, &ids[0]);
	assert_true(holding(site, traces.profile, SAMPLE) > 0);
	assert_true(holding(site, traces.detail, SAMPLE) > 0);
	assert_true(holding(site, traces.event, SAMPLE) > 0);
	assert_true(holding(site, ids[0].b, sizeof(ids[0].b)) > 0);
	MUST(service_subject_remove(site->s, &receipt, &ids[0], err));
	assert_true(receipt.reference_erased);
	assert_true(receipt.profile_erased);
	assert_int_equal(receipt.keys_destroyed, 4); /* bio, profile, log, history */
	for (int closed = 0; closed < 2; closed++) {
		assert_int_equal(holding(site, traces.reference, SAMPLE), 0);
		assert_int_equal(holding(site, traces.profile, SAMPLE), 0);
		assert_int_equal(holding(site, traces.detail, SAMPLE), 0);
		assert_int_equal(holding(site, traces.event, SAMPLE), 0);
		assert_int_equal(holding(site, traces.bucket, SAMPLE), 0);
		assert_int_equal(holding(site, traces.epoch, SECRET_LEN), 0);
		assert_int_equal(holding(site, ids[0].b, sizeof(ids[0].b)), 0);
		service_close(&site->s);
	}
	site_open_dir(site, site->dir);
	REFUSES(TANU_ERR_SUBJECT_MISSING, service_subject_get(site->s, &view, &ids[0], err));
	REFUSES(TANU_ERR_SUBJECT_AMBIGUOUS, service_subject_find(site->s, &found, "Somebody", err));
	assert_others_open(site->s, ids);
	MUST(service_check(site->s, err));
}

/* ---- old copies ---- */

/* A site whose first person has withdrawn, and a copy of the folder from before. */
struct theft {
	tanu_id ids[PEOPLE];
	char old[96];
};

static void steal(struct site *site, struct theft *theft, bool removed)
{
	struct erasure_receipt receipt;

	populate(site, theft->ids);
	service_close(&site->s);
	snprintf(theft->old, sizeof(theft->old), "%s/old", site->root);
	site_copy(site->dir, theft->old);
	site_open_dir(site, site->dir);
	if (removed)
		MUST(service_subject_remove(site->s, &receipt, &theft->ids[0], err));
	else
		MUST(service_consent_withdraw(site->s, &receipt, &theft->ids[0], 0, err));
	service_close(&site->s);
}

/* The old database, with whatever keys stand in the site today. */
static void restore_database(struct site *site, const struct theft *theft)
{
	char command[512];

	snprintf(command, sizeof(command), "rm -f '%s'/tanu.db* && cp -a '%s'/tanu.db* '%s'/",
		 site->dir, theft->old, site->dir);
	assert_int_equal(system(command), 0);
}

static void an_old_copy_without_its_keys_never_opens(void **state)
{
	struct site *site = *state;
	struct theft theft;
	char keys[128];
	struct service_options options;
	struct service *s = NULL;

	steal(site, &theft, false);
	snprintf(keys, sizeof(keys), "%s/keys", theft.old);
	site_remove_tree(keys);
	options = site_options(site, theft.old);
	REFUSES(TANU_ERR_KEY_MISSING, service_open(&s, &options, err));
	assert_null(s);
	site_open_dir(site, site->dir);
}

/* The control, and what nobody can help: database and keys copied together do open. */
static void an_old_copy_with_its_keys_opens(void **state)
{
	struct site *site = *state;
	struct theft theft;

	steal(site, &theft, false);
	site_open_dir(site, theft.old);
	assert_opens(site->s, &theft.ids[0], 0);
	assert_others_open(site->s, theft.ids);
}

static void an_old_database_under_todays_keys_does_not_bring_her_back(void **state)
{
	struct site *site = *state;
	struct theft theft;
	struct service_report report = {0};
	tanu_reference reference;
	struct subject_view view = {0};

	steal(site, &theft, false);
	restore_database(site, &theft);
	site_open_dir(site, site->dir);
	MUST(service_report(site->s, &report, err));
	assert_true(report.rolled_back);
	assert_int_equal(report.references, PEOPLE - 1);
	assert_int_equal(report.consents_live, PEOPLE - 1);
	REFUSES(TANU_ERR_NO_CONSENT, open_reference(site->s, &reference, &theft.ids[0], err));
	MUST(service_subject_get(site->s, &view, &theft.ids[0], err));
	assert_false(view.enrolled);
	assert_int_equal(view.live_purposes, 0);
	assert_others_open(site->s, theft.ids);
	/* Putting right is done once, and the finding is remembered. */
	site_reopen(site);
	MUST(service_report(site->s, &report, err));
	assert_true(report.rolled_back);
	assert_int_equal(report.repaired_tombstones, 0);
	MUST(service_check(site->s, err));
}

static void an_old_database_does_not_bring_back_one_who_left(void **state)
{
	struct site *site = *state;
	struct theft theft;
	struct subject_view view;

	steal(site, &theft, true);
	restore_database(site, &theft);
	site_open_dir(site, site->dir);
	REFUSES(TANU_ERR_SUBJECT_MISSING, service_subject_get(site->s, &view, &theft.ids[0], err));
	assert_int_equal(holding(site, theft.ids[0].b, sizeof(theft.ids[0].b)), 0);
	assert_others_open(site->s, theft.ids);
}

/* Keys without rows are not orphans then: a newer database may still hold their rows. */
static void an_old_database_does_not_cost_newcomers_their_keys(void **state)
{
	struct site *site = *state;
	struct theft theft;
	struct service_report report = {0};
	char newer[128], db[128];
	tanu_id late;

	steal(site, &theft, false);
	site_open_dir(site, site->dir);
	late = add_person(site, "Late", 30);
	give(site, &late, ACCESS, 30);
	keep_reference(site, &late, 77);
	service_close(&site->s);
	snprintf(db, sizeof(db), "%s/tanu.db", site->dir);
	snprintf(newer, sizeof(newer), "%s/newer.db", site->root);
	site_copy(db, newer);
	restore_database(site, &theft);
	site_open_dir(site, site->dir);
	MUST(service_report(site->s, &report, err));
	assert_true(report.rolled_back);
	assert_int_equal(report.dropped_orphans, 0);
	REFUSES(TANU_ERR_SUBJECT_MISSING, subject_must_exist(site->s, &late, err));
	service_close(&site->s);
	assert_int_equal(rename(newer, db), 0);
	site_open_dir(site, site->dir);
	MUST(service_report(site->s, &report, err));
	assert_false(report.rolled_back);
	assert_opens(site->s, &late, 77);
	assert_others_open(site->s, theft.ids);
}

/* Enrolled anew after the withdrawal she has a new key: the old row stays shut under it. */
static void a_new_key_does_not_open_the_old_reference(void **state)
{
	struct site *site = *state;
	struct theft theft;
	tanu_reference reference;

	steal(site, &theft, false);
	site_open_dir(site, site->dir);
	give(site, &theft.ids[0], ACCESS, 30);
	keep_reference(site, &theft.ids[0], 4711);
	assert_opens(site->s, &theft.ids[0], 4711);
	service_close(&site->s);
	restore_database(site, &theft);
	site_open_dir(site, site->dir);
	REFUSES(TANU_ERR_CRYPTO, open_reference(site->s, &reference, &theft.ids[0], err));
	assert_others_open(site->s, theft.ids);
	keep_reference(site, &theft.ids[0], 4712);
	assert_opens(site->s, &theft.ids[0], 4712);
}

/* Old keys under today's database must not look as if the newcomers had been erased. */
static void old_keys_delete_nobody(void **state)
{
	struct site *site = *state;
	struct service_options options = site_options(site, site->dir);
	struct service *s = NULL;
	char keys[128], old[128], new[128];
	tanu_id id, late;

	id = add_person(site, "Early", 30);
	give(site, &id, ACCESS, 30);
	service_close(&site->s);
	snprintf(keys, sizeof(keys), "%s/keys", site->dir);
	snprintf(old, sizeof(old), "%s/old-keys", site->root);
	snprintf(new, sizeof(new), "%s/new-keys", site->root);
	site_copy(keys, old);
	site_open_dir(site, site->dir);
	keep_reference(site, &id, 1);
	late = add_person(site, "Late", 30);
	service_close(&site->s);
	assert_int_equal(rename(keys, new), 0);
	assert_int_equal(rename(old, keys), 0);
	REFUSES(TANU_ERR_KEYS_DAMAGED, service_open(&s, &options, err));
	site_remove_tree(keys);
	assert_int_equal(rename(new, keys), 0);
	site_open_dir(site, site->dir);
	assert_opens(site->s, &id, 1);
	MUST(subject_must_exist(site->s, &late, err));
}

/* ---- parts ---- */

static void another_live_purpose_keeps_the_reference(void **state)
{
	struct site *site = *state;
	tanu_id id = add_person(site, "Aliya", 30);
	struct erasure_receipt receipt = {0};

	give(site, &id, ACCESS, 30);
	give(site, &id, VISIT, 300); /* lasts longer: the reference hangs on it */
	keep_reference(site, &id, 1);
	MUST(service_consent_withdraw(site->s, &receipt, &id, VISIT, err));
	assert_int_equal(receipt.purposes, VISIT);
	assert_false(receipt.reference_erased);
	assert_int_equal(receipt.keys_destroyed, 0);
	site_reopen(site);
	assert_opens(site->s, &id, 1);
	MUST(service_consent_withdraw(site->s, &receipt, &id, ACCESS, err));
	assert_true(receipt.reference_erased);
	assert_int_equal(receipt.keys_destroyed, 1);
}

static void withdrawing_twice_is_no_trouble(void **state)
{
	struct site *site = *state;
	tanu_id id = add_person(site, "Aliya", 30);
	struct erasure_receipt receipt = {0};

	give(site, &id, ACCESS, 30);
	MUST(service_consent_withdraw(site->s, &receipt, &id, 0, err));
	assert_int_equal(receipt.purposes, ACCESS);
	MUST(service_consent_withdraw(site->s, &receipt, &id, 0, err));
	assert_int_equal(receipt.purposes, 0);
	assert_false(receipt.reference_erased);
}

static void a_guardian_stays_while_her_word_is_needed(void **state)
{
	struct site *site = *state;
	tanu_id child = add_person(site, "Child", 10), parent = add_person(site, "Parent", 40);
	struct consent_order order = order_by(site, &child, &parent, ACCESS, 30);
	struct erasure_receipt receipt;

	add_guardian(site, &child, &parent);
	MUST(service_consent_give(site->s, &order, err));
	REFUSES(TANU_ERR_CONSENT_RULE, service_subject_remove(site->s, &receipt, &parent, err));
	MUST(service_consent_withdraw(site->s, &receipt, &child, 0, err));
	MUST(service_subject_remove(site->s, &receipt, &parent, err));
	MUST(service_check(site->s, err));
}

/* What a crash between key and row leaves. */
static void keys_without_rows_are_dropped(void **state)
{
	struct site *site = *state;
	tanu_id id = add_person(site, "Aliya", 30), nobody = {{0x42}};
	struct key_list keys = {0};
	struct service_report report = {0};
	struct key_name bio = {.subject = id, .kind = KEY_BIO};

	MUST(key_list_add(&keys, &id, KEY_BIO, 0, err));
	MUST(key_list_add(&keys, &nobody, KEY_PROFILE, 0, err));
	MUST(keys_add(site->s, &keys, err));
	key_list_free(&keys);
	assert_true(vault_has_key(site->s->vault, &bio));
	site_reopen(site);
	MUST(service_report(site->s, &report, err));
	assert_int_equal(report.dropped_orphans, 2);
	assert_false(vault_has_key(site->s->vault, &bio));
	assert_int_equal(report.keys, 4); /* the site's own; profile, log and history of one */
}

static void an_erasure_that_broke_off_is_finished(void **state)
{
	struct site *site = *state;
	tanu_id id = add_person(site, "Aliya", 30);
	struct ending ending = {.state = TANU_CONSENT_WITHDRAWN,
				.event = TANU_EVENT_CONSENT_WITHDRAWN,
				.purposes = ~0u,
				.now_ms = site_clock(site)};
	struct service_report report = {0};
	struct key_name bio = {.subject = id, .kind = KEY_BIO};
	struct traces traces;

	give(site, &id, ACCESS, 30);
	keep_reference(site, &id, 1);
	take_traces(site, &traces, &id);
	MUST(tx_begin(site->s, err));
	MUST(consents_end(site->s, &ending, &id, err));
	MUST(tx_end(site->s, TANU_OK, err));
	assert_true(ending.entombed);
	assert_true(holding(site, traces.reference, SAMPLE) > 0);
	site_reopen(site);
	MUST(service_report(site->s, &report, err));
	assert_int_equal(report.repaired_tombstones, 1);
	assert_int_equal(report.references, 0);
	assert_false(vault_has_key(site->s->vault, &bio));
	assert_int_equal(holding(site, traces.reference, SAMPLE), 0);
	assert_int_equal(holding(site, traces.bucket, SAMPLE), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(withdrawing_leaves_no_byte_of_the_reference),
	    SITE_TEST(leaving_leaves_no_byte_of_the_person),
	    SITE_TEST(an_old_copy_without_its_keys_never_opens),
	    SITE_TEST(an_old_copy_with_its_keys_opens),
	    SITE_TEST(an_old_database_under_todays_keys_does_not_bring_her_back),
	    SITE_TEST(an_old_database_does_not_bring_back_one_who_left),
	    SITE_TEST(an_old_database_does_not_cost_newcomers_their_keys),
	    SITE_TEST(a_new_key_does_not_open_the_old_reference),
	    SITE_TEST(old_keys_delete_nobody),
	    SITE_TEST(another_live_purpose_keeps_the_reference),
	    SITE_TEST(withdrawing_twice_is_no_trouble),
	    SITE_TEST(a_guardian_stays_while_her_word_is_needed),
	    SITE_TEST(keys_without_rows_are_dropped),
	    SITE_TEST(an_erasure_that_broke_off_is_finished),
	};

	return cmocka_run_group_tests_name("service/erasure", tests, NULL, NULL);
}
