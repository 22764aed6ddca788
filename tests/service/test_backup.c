/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The disk is lost, rehearsed: what a backup and the holder's key bring back (names, consents,
 * history, the log and its key), what they don't (faces), and that nobody comes back who was erased
 * since, in each of the ways in which that can be known.
 */
#include "service/site.h"

#include "service/recovery.h"

#include "service/tree.h"

#define ACCESS TANU_PURPOSE_ACCESS
#define VISIT  TANU_PURPOSE_VISIT

struct disaster {
	struct site *site;
	struct recovery_sheet sheet;
	tanu_id anna, berik, carla;
	char backup[96], mirror[96], data[80], notice[96];
	struct restore_result result;
};

/* Three people, two of them enrolled, in a site with a recovery key. */
static void settle(struct disaster *d, struct site *site)
{
	*d = (struct disaster){.site = site};
	d->anna = add_person(site, "Anna", 30);
	d->berik = add_person(site, "Berik", 40);
	d->carla = add_person(site, "Carla", 50);
	give(site, &d->anna, ACCESS, 300);
	give(site, &d->berik, ACCESS | VISIT, 300);
	keep_reference(site, &d->anna, 1);
	keep_reference(site, &d->berik, 2);
	MUST(service_recovery_init(site->s, &d->sheet, 30, err));
	snprintf(d->backup, sizeof(d->backup), "%s/backup", site->root);
	snprintf(d->mirror, sizeof(d->mirror), "%s/mirror", site->root);
	snprintf(d->data, sizeof(d->data), "%s/restored", site->root);
	snprintf(d->notice, sizeof(d->notice), "%s/notice", site->root);
}

static void back_up(struct disaster *d, struct backup_made *made)
{
	struct backup_order order = {.path = d->backup};

	MUST(service_backup(d->site->s, made, &order, err));
}

/* What a web server, a monitor or a mirror has. */
static void mirror_log(struct disaster *d)
{
	char log[160];

	MUST(service_publish(d->site->s, err));
	snprintf(log, sizeof(log), "%s/log", d->site->dir);
	site_remove_tree(d->mirror);
	site_copy(log, d->mirror);
}

static void take_notice(struct disaster *d)
{
	struct buf text = {0};

	MUST(service_recovery_notice(d->site->s, &text, err));
	MUST(os_replace_file(d->notice, text.data, text.len, 0600, err));
	buf_free(&text);
}

static void lose_the_disk(struct disaster *d)
{
	service_close(&d->site->s);
	site_remove_tree(d->site->dir);
}

static struct restore_order order_for(struct disaster *d)
{
	return (struct restore_order){
	    .backup = d->backup, .code = d->sheet.code, .no_newer_log = true};
}

static tanu_status restore(struct disaster *d, const struct restore_order *order, tanu_error *err)
{
	const struct service_options options = site_options(d->site, d->data);

	return service_restore(&options, order, &d->result, err);
}

static void open_restored(struct disaster *d)
{
	snprintf(d->site->dir, sizeof(d->site->dir), "%s", d->data);
	site_open_dir(d->site, d->site->dir);
}

/* ---- what comes back ---- */

static tanu_status count_event(void *self, const struct history_view *v, tanu_error *err)
{
	(void)v;
	(void)err;
	++*(size_t *)self;
	return TANU_OK;
}

static size_t events_of(struct site *site, const tanu_id *id)
{
	size_t n = 0;

	MUST(service_history_each(site->s, id, count_event, &n, err));
	return n;
}

static void assert_person(struct disaster *d, const tanu_id *id, const char *name,
			  unsigned purposes)
{
	struct subject_view view = {0};

	MUST(service_subject_get(d->site->s, &view, id, err));
	assert_string_equal(view.person.name, name);
	assert_int_equal(view.live_purposes, purposes);
	assert_false(view.enrolled);
	assert_false(view.damaged);
}

static void hours_and_consents_come_back_and_faces_do_not(void **state)
{
	struct disaster d;
	struct backup_made made;
	struct restore_order order;
	struct service_report before = {0}, after = {0};
	tanu_reference reference;
	size_t events;

	settle(&d, *state);
	back_up(&d, &made);
	assert_true(made.forget_ms > made.created_ms);
	events = events_of(d.site, &d.anna);
	MUST(service_report(d.site->s, &before, err));
	mirror_log(&d);
	lose_the_disk(&d);
	order = order_for(&d);
	order.log_dir = d.mirror;
	MUST(restore(&d, &order, err));
	assert_int_equal(d.result.people, 3);
	assert_int_equal(d.result.faces, 2);
	assert_int_equal(d.result.left + d.result.ended + d.result.newer, 0);
	assert_true(d.result.created_ms == made.created_ms);
	open_restored(&d);
	assert_person(&d, &d.anna, "Anna", ACCESS);
	assert_person(&d, &d.berik, "Berik", ACCESS | VISIT);
	assert_person(&d, &d.carla, "Carla", 0);
	/* her history, and one line more: that the face is gone */
	assert_int_equal(events_of(d.site, &d.anna), events + 1);
	REFUSES(TANU_ERR_NO_REFERENCE, open_reference(d.site->s, &reference, &d.anna, err));
	MUST(service_check(d.site->s, err));
	MUST(service_report(d.site->s, &after, err));
	assert_int_equal(after.references, 0);
	assert_int_equal(after.consents_live, before.consents_live);
	assert_false(after.rolled_back);
	assert_true(after.log_stopped.status == TANU_OK);
	assert_true(after.log_size > before.log_size);
	/* and life goes on */
	keep_reference(d.site, &d.anna, 9);
	assert_opens(d.site->s, &d.anna, 9);
	MUST(service_publish(d.site->s, err));
	site_reopen(d.site);
	assert_opens(d.site->s, &d.anna, 9);
}

/* The control of what follows: nothing of a face is in a backup that the holder's key opens. */
static void the_backup_holds_no_key_of_a_face(void **state)
{
	struct disaster d;
	struct backup_made made;
	struct restore_order order;
	struct reference_row row = {0};
	struct key_name bio;
	tanu_status st;

	settle(&d, *state);
	bio = (struct key_name){.subject = d.anna, .kind = KEY_BIO};
	MUST(DB(d.site->s, reference_get, &row, &d.anna, err));
	back_up(&d, &made);
	assert_true(vault_has_key(d.site->s->vault, &bio));
	lose_the_disk(&d);
	/* The sealed reference is in it, as in every copy of the database. */
	assert_true(files_holding(d.site->root, row.sealed.data, row.sealed.len) > 0);
	order = order_for(&d);
	MUST(restore(&d, &order, err));
	open_restored(&d);
	assert_false(vault_has_key(d.site->s->vault, &bio));
	st = DB(d.site->s, reference_get, &row, &d.anna, NULL);
	assert_int_equal(st, TANU_NOT_FOUND);
	service_close(&d.site->s);
	assert_int_equal(files_holding(d.data, row.sealed.data, row.sealed.len), 0);
	site_open_dir(d.site, d.data);
	buf_free(&row.sealed);
}

static void a_backup_is_made_while_the_site_is_in_use(void **state)
{
	struct disaster d;
	struct backup_made made;
	struct restore_order order;

	settle(&d, *state);
	back_up(&d, &made);
	d.carla = add_person(d.site, "Late", 30); /* not in it; the site goes on at once */
	give(d.site, &d.carla, ACCESS, 30);
	MUST(service_check(d.site->s, err));
	order = order_for(&d);
	MUST(restore(&d, &order, err)); /* beside the living site */
	assert_int_equal(d.result.people, 3);
}

static tanu_status keep_last(uint64_t *out, uint64_t done, uint64_t total)
{
	assert_true(done <= total + 65536 * 32);
	*out = done;
	return TANU_OK;
}

static void see_progress(void *self, uint64_t done, uint64_t total)
{
	keep_last(self, done, total);
}

static void says_how_far_it_is(void **state)
{
	struct disaster d;
	struct backup_made made;
	uint64_t done = 0;
	struct backup_order order = {.path = d.backup, .progress = see_progress, .self = &done};
	struct restore_order back;

	settle(&d, *state);
	MUST(service_backup(d.site->s, &made, &order, err));
	assert_int_equal(done, made.size);
	assert_int_equal(done, tree_file_size(d.backup));
	done = 0;
	back = order_for(&d);
	back.progress = see_progress;
	back.self = &done;
	MUST(restore(&d, &back, err));
	assert_int_equal(done, made.size);
}

/* ---- an old backup revives nobody ---- */

static void assert_gone(struct disaster *d, const tanu_id *id)
{
	struct key_name profile = {.subject = *id, .kind = KEY_PROFILE};
	struct subject_view view;

	assert_false(vault_has_key(d->site->s->vault, &profile));
	REFUSES(TANU_ERR_SUBJECT_MISSING, service_subject_get(d->site->s, &view, id, err));
	assert_int_equal(files_holding(d->data, id->b, sizeof(id->b)), 0);
}

/* A backup is made; then Anna leaves and Berik withdraws one purpose; then the disk is lost. */
static void erase_after_backup(struct disaster *d, struct site *site)
{
	struct backup_made made;
	struct erasure_receipt receipt;

	settle(d, site);
	back_up(d, &made);
	MUST(service_subject_remove(site->s, &receipt, &d->anna, err));
	assert_true(receipt.backup_horizon_ms == made.forget_ms);
	MUST(service_consent_withdraw(site->s, &receipt, &d->berik, VISIT, err));
	give(site, &d->carla, ACCESS, 30);
	mirror_log(d);
	take_notice(d);
	lose_the_disk(d);
}

static void who_left_is_known_from_the_public_log(void **state)
{
	struct disaster d;
	struct restore_order order;

	erase_after_backup(&d, *state);
	order = order_for(&d);
	order.log_dir = d.mirror;
	MUST(restore(&d, &order, err));
	assert_int_equal(d.result.people, 2);
	assert_int_equal(d.result.left, 1);
	assert_int_equal(d.result.ended, 1);
	assert_int_equal(d.result.newer,
			 1); /* Carla's consent is in no backup: she is asked again */
	assert_true(d.result.log_leaves > 0);
	open_restored(&d);
	assert_gone(&d, &d.anna);
	assert_person(&d, &d.berik, "Berik", ACCESS);
	assert_person(&d, &d.carla, "Carla", 0);
	MUST(service_check(d.site->s, err));
}

static void who_left_is_known_from_the_holders_notice(void **state)
{
	struct disaster d;
	struct restore_order order;

	erase_after_backup(&d, *state);
	order = order_for(&d);
	order.notice = d.notice;
	MUST(restore(&d, &order, err));
	assert_int_equal(d.result.left, 1);
	assert_int_equal(d.result.ended, 1);
	assert_true(d.result.notice_ms > d.result.created_ms);
	open_restored(&d);
	assert_gone(&d, &d.anna);
	assert_person(&d, &d.berik, "Berik", ACCESS);
	MUST(service_check(d.site->s, err));
}

/* The limit that the receipt states, and the control: with neither, until the horizon, she opens.
 */
static void without_log_and_notice_she_opens_until_the_horizon(void **state)
{
	struct disaster d;
	struct restore_order order;
	struct subject_view view = {0};

	erase_after_backup(&d, *state);
	order = order_for(&d);
	MUST(restore(&d, &order, err));
	assert_int_equal(d.result.left, 0);
	open_restored(&d);
	MUST(service_subject_get(d.site->s, &view, &d.anna, err));
	assert_string_equal(view.person.name, "Anna");
	assert_false(view.enrolled);
}

static void after_the_holder_has_turned_nothing_opens_it(void **state)
{
	struct disaster d;
	struct restore_order order;
	char turned[RECOVERY_CODE_LEN];

	erase_after_backup(&d, *state);
	MUST(service_recovery_turn(turned, d.sheet.code, 1, err));
	order = order_for(&d);
	order.code = turned;
	REFUSES(TANU_ERR_KEY_MISSING, restore(&d, &order, err));
	assert_false(os_is_dir(d.data)); /* before anything was written */
	/* Nor does the key of the other site, or this key said to be of that period. */
	turned[8] = turned[8] == 'X' ? 'Y' : 'X';
	REFUSES(TANU_ERR_FORMAT, restore(&d, &order, err));
}

/* A turned key that lies about its period opens nothing either: the secret is another one. */
static void a_turned_key_with_its_period_set_back_opens_nothing(void **state)
{
	struct disaster d;
	struct restore_order order;
	struct recovery_key key;
	char code[RECOVERY_CODE_LEN];

	erase_after_backup(&d, *state);
	MUST(recovery_code_parse(&key, d.sheet.code, err));
	MUST(recovery_turn(&key, 3, err));
	key.period = 0;
	recovery_code_put(code, &key);
	order = order_for(&d);
	order.code = code;
	REFUSES(TANU_ERR_CRYPTO, restore(&d, &order, err));
}

static void a_backup_of_the_next_period_opens_with_the_turned_key(void **state)
{
	struct disaster d;
	struct backup_made made;
	struct restore_order order;
	char turned[RECOVERY_CODE_LEN];

	settle(&d, *state);
	for (int i = 0; i < 2; i++) {
		d.site->ahead_ms += 16 * DAY_MS;
		site_reopen(d.site);
	}
	back_up(&d, &made);
	assert_int_equal(made.period, 1);
	MUST(service_recovery_turn(turned, d.sheet.code, 1, err));
	lose_the_disk(&d);
	order = order_for(&d);
	order.code = turned;
	MUST(restore(&d, &order, err));
	assert_int_equal(d.result.people, 3);
}

/* A log key that was renewed since is not in the backup: the person gets another one. */
static void a_renewed_log_key_is_renewed_again(void **state)
{
	struct disaster d;
	struct backup_made made;
	struct restore_order order;
	struct ledger_head head = {0};

	settle(&d, *state);
	back_up(&d, &made);
	MUST(journal_renew_ready(d.site->s, &d.anna, err));
	MUST(tx_begin(d.site->s, err));
	MUST(tx_end(d.site->s, journal_renew(d.site->s, &d.anna, 0, site_clock(d.site), err), err));
	mirror_log(&d);
	lose_the_disk(&d);
	order = order_for(&d);
	order.log_dir = d.mirror;
	MUST(restore(&d, &order, err));
	open_restored(&d);
	MUST(head_get(d.site->s, &head, &d.anna, err));
	assert_int_equal(head.log.generation, 1);
	assert_person(&d, &d.anna, "Anna", ACCESS);
	MUST(service_check(d.site->s, err));
}

/* ---- what is refused ---- */

static void no_backup_without_a_recovery_key(void **state)
{
	struct site *site = *state;
	struct backup_made made;
	char path[128];
	struct backup_order order = {.path = path};

	snprintf(path, sizeof(path), "%s/backup", site->root);
	REFUSES(TANU_ERR_RECORD_MISSING, service_backup(site->s, &made, &order, err));
	assert_false(os_exists(path));
}

static void asks_for_the_newest_log(void **state)
{
	struct disaster d;
	struct backup_made made;
	struct restore_order order;

	settle(&d, *state);
	back_up(&d, &made);
	order = order_for(&d);
	order.no_newer_log = false;
	REFUSES(TANU_ERR_USAGE, restore(&d, &order, err));
}

static void refuses_a_log_that_is_older_or_another(void **state)
{
	struct disaster d;
	struct backup_made made;
	struct restore_order order;

	settle(&d, *state);
	mirror_log(&d);
	add_person(d.site, "More", 20);
	back_up(&d, &made);
	order = order_for(&d);
	order.log_dir = d.mirror;
	REFUSES(TANU_ERR_LOG_DAMAGED, restore(&d, &order, err));
	site_remove_tree(d.data);
	site_remove_tree(d.mirror);
	REFUSES(TANU_ERR_FILE_MISSING, restore(&d, &order, err));
}

static void restores_into_an_empty_folder_only(void **state)
{
	struct disaster d;
	struct backup_made made;
	struct restore_order order;
	char file[160];

	settle(&d, *state);
	back_up(&d, &made);
	order = order_for(&d);
	MUST(os_make_dir(d.data, 0700, err));
	snprintf(file, sizeof(file), "%s/something", d.data);
	MUST(os_replace_file(file, "x", 1, 0600, err));
	REFUSES(TANU_ERR_FOLDER_EXISTS, restore(&d, &order, err));
	MUST(os_destroy_file(file, err));
	MUST(restore(&d, &order, err));
	REFUSES(TANU_ERR_FOLDER_EXISTS, restore(&d, &order, err));
}

static void a_folder_half_restored_does_not_open(void **state)
{
	struct disaster d;
	struct backup_made made;
	struct restore_order order;
	struct service_options options;
	struct service *s = NULL;
	struct buf bytes = {0};

	settle(&d, *state);
	back_up(&d, &made);
	MUST(os_read_file(&bytes, d.backup, 1 << 24, err));
	MUST(os_replace_file(d.backup, bytes.data, bytes.len - 100, 0600, err));
	order = order_for(&d);
	REFUSES(TANU_ERR_BACKUP, restore(&d, &order, err));
	options = site_options(d.site, d.data);
	REFUSES(TANU_ERR_FOLDER_MISSING, service_open(&s, &options, err));
	buf_free(&bytes);
}

/* One byte changed, anywhere: each part is covered by a seal, the digest and the signature. */
static void refuses_a_backup_with_a_byte_changed_anywhere(void **state)
{
	struct disaster d;
	struct backup_made made;
	struct restore_order order;
	struct buf bytes = {0};

	settle(&d, *state);
	back_up(&d, &made);
	MUST(os_read_file(&bytes, d.backup, 1 << 24, err));
	order = order_for(&d);
	for (size_t at = 0; at < bytes.len; at += at < 200 ? 9 : bytes.len / 23) {
		bytes.data[at] ^= 1;
		MUST(os_replace_file(d.backup, bytes.data, bytes.len, 0600, err));
		if (restore(&d, &order, NULL) == TANU_OK)
			fail_msg("byte %zu was changed and nobody noticed", at);
		bytes.data[at] ^= 1;
		site_remove_tree(d.data);
	}
	buf_free(&bytes);
}

/* A whole backup, made by somebody who has the site's public recovery key but not its log key. */
static void refuses_a_backup_that_the_site_has_not_signed(void **state)
{
	struct disaster d;
	struct backup_made made;
	struct restore_order order;
	struct buf bytes = {0};
	uint8_t *signature;

	settle(&d, *state);
	MUST(service_publish(d.site->s, err));
	random_fill(&d.site->s->random, d.site->s->journal.signer.seed.b, SECRET_LEN);
	back_up(&d, &made);
	order = order_for(&d);
	assert_true(restore(&d, &order, NULL) < 0);
	MUST(os_read_file(&bytes, d.backup, 1 << 24, err));
	signature = memmem(bytes.data, bytes.len, "tanu backup v1", 14);
	assert_non_null(signature);
	buf_free(&bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(hours_and_consents_come_back_and_faces_do_not),
	    SITE_TEST(the_backup_holds_no_key_of_a_face),
	    SITE_TEST(a_backup_is_made_while_the_site_is_in_use),
	    SITE_TEST(says_how_far_it_is),
	    SITE_TEST(who_left_is_known_from_the_public_log),
	    SITE_TEST(who_left_is_known_from_the_holders_notice),
	    SITE_TEST(without_log_and_notice_she_opens_until_the_horizon),
	    SITE_TEST(after_the_holder_has_turned_nothing_opens_it),
	    SITE_TEST(a_turned_key_with_its_period_set_back_opens_nothing),
	    SITE_TEST(a_backup_of_the_next_period_opens_with_the_turned_key),
	    SITE_TEST(a_renewed_log_key_is_renewed_again),
	    SITE_TEST(no_backup_without_a_recovery_key),
	    SITE_TEST(asks_for_the_newest_log),
	    SITE_TEST(refuses_a_log_that_is_older_or_another),
	    SITE_TEST(restores_into_an_empty_folder_only),
	    SITE_TEST(a_folder_half_restored_does_not_open),
	    SITE_TEST(refuses_a_backup_with_a_byte_changed_anywhere),
	    SITE_TEST(refuses_a_backup_that_the_site_has_not_signed),
	};

	return cmocka_run_group_tests_name("service/backup", tests, NULL, NULL);
}
