/* SPDX-License-Identifier: Apache-2.0 */
/* Files that are damaged, taken, full, or none of ours: a clear error, no crash, nothing lost. */
#include "store/folder.h"
#include "store/suite.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define PEOPLE 150
#define DAY_MS ((int64_t)86400000)

/* A good database, and one as a crash leaves it: the last transactions are in the log alone. */
static struct buf good, good_wal, crashed;

static void put_people(struct store *s, uint32_t from, uint32_t to)
{
	must(s->calls->begin(s, &why));
	for (uint32_t i = from; i < to; i++) {
		tanu_id id = put_subject(s, i);
		tanu_id consent = put_consent(s, &id, i, sample_now() + DAY_MS);

		put_reference(s, &id, &consent, i);
		put_event(s, &id, i, i, 0);
	}
	must(s->calls->commit(s, &why));
}

static int make_samples(void **state)
{
	struct store *s = NULL;

	(void)state;
	folder_clear();
	must(store_sqlite_open(&s, folder_file("tanu.db"), true, &why));
	put_people(s, 0, PEOPLE - 1);
	must(s->calls->scrub(s, &why));
	put_people(s, PEOPLE - 1, PEOPLE);
	file_read(&crashed, folder_file("tanu.db"));
	file_read(&good_wal, folder_file("tanu.db-wal"));
	s->calls->close(s);
	file_read(&good, folder_file("tanu.db"));
	return good_wal.len > 0 ? 0 : -1;
}

static int free_samples(void **state)
{
	(void)state;
	buf_free(&good);
	buf_free(&good_wal);
	buf_free(&crashed);
	return 0;
}

static int clear(void **state)
{
	(void)state;
	folder_clear();
	return 0;
}

static tanu_status count_subject(void *self, const struct subject_row *row, tanu_error *err)
{
	(void)row;
	(void)err;
	++*(size_t *)self;
	return TANU_OK;
}

static tanu_status count_reference(void *self, const struct reference_row *row, tanu_error *err)
{
	(void)row;
	(void)err;
	++*(size_t *)self;
	return TANU_OK;
}

/* Use all of it; the first failure, or TANU_OK. */
static tanu_status use(struct store *s, size_t *people, tanu_error *err)
{
	size_t references = 0;
	tanu_status st;

	*people = 0;
	if ((st = s->calls->subject_each(s, count_subject, people, err)) < 0 ||
	    (st = s->calls->reference_each(s, count_reference, &references, err)) < 0)
		return st;
	return s->calls->check(s, err);
}

static void assert_clear(tanu_status st, const tanu_error *err)
{
	if (st >= 0)
		return;
	assert_int_equal(st, err->status);
	assert_true(err->message[0]);
	assert_non_null(strstr(err->place, "tanu.db"));
}

static void assert_unchanged(const char *name, const struct buf *before)
{
	struct buf now = {0};

	file_read(&now, folder_file(name));
	assert_int_equal(now.len, before->len);
	if (before->len)
		assert_memory_equal(now.data, before->data, before->len);
	buf_free(&now);
}

/* What opening and using a damaged file comes to; refused at the door, it is as it was. */
static tanu_status try_file(const struct buf *bytes, size_t *people)
{
	struct store *s = NULL;
	tanu_error err = {0};
	tanu_status st;

	folder_clear();
	file_write(folder_file("tanu.db"), bytes->data, bytes->len);
	st = store_sqlite_open(&s, folder_file("tanu.db"), false, &err);
	assert_clear(st, &err);
	if (st < 0) {
		assert_unchanged("tanu.db", bytes);
		return st;
	}
	st = use(s, people, &err);
	assert_clear(st, &err);
	s->calls->close(s);
	return st;
}

static void the_undamaged_file_is_fine(void **state)
{
	size_t people = 0;

	(void)state;
	assert_int_equal(try_file(&good, &people), TANU_OK);
	assert_int_equal(people, PEOPLE);
}

static void flipped_bytes_never_crash(void **state)
{
	size_t noticed = 0, people = 0;
	uint32_t x = 1;

	(void)state;
	for (size_t i = 0; i < 600; i++) {
		size_t at;

		x = x * 1664525u + 1013904223u;
		/* Every byte of the header, then anywhere. */
		at = i < 100 ? i : (x >> 4) % good.len;
		good.data[at] ^= (uint8_t)(1u << (i % 8) | 0x10);
		noticed += try_file(&good, &people) < 0;
		good.data[at] ^= (uint8_t)(1u << (i % 8) | 0x10);
	}
	print_message("%zu of 600 flips noticed; sealed bytes are for their seal to notice\n",
		      noticed);
	assert_true(noticed > 100);
}

static void a_flipped_page_is_damage(void **state)
{
	size_t people = 0;

	(void)state;
	for (size_t page = 1; page < good.len / 4096; page += 3) {
		uint8_t kept[4096];
		tanu_status st;

		memcpy(kept, good.data + page * 4096, sizeof(kept));
		memset(good.data + page * 4096, 0xA5, sizeof(kept));
		st = try_file(&good, &people);
		memcpy(good.data + page * 4096, kept, sizeof(kept));
		assert_int_equal(st, TANU_DAMAGED);
	}
}

static void a_cut_file_is_damage(void **state)
{
	static const size_t lengths[] = {0, 1, 15, 16, 99, 100, 511, 512, 4095, 4096, 4097, 40960};
	struct buf cut = good;
	size_t people = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
		cut.len = lengths[i];
		assert_int_equal(try_file(&cut, &people), TANU_DAMAGED);
	}
	cut.len = good.len - 4096;
	assert_int_equal(try_file(&cut, &people), TANU_DAMAGED);
	cut.len = good.len - 2048;
	assert_int_equal(try_file(&cut, &people), TANU_DAMAGED);
}

static void what_is_no_database_of_ours_is_left_alone(void **state)
{
	struct buf text = {0};
	struct store *s = NULL;
	sqlite3 *db = NULL;
	tanu_error err = {0};
	size_t people;

	(void)state;
	for (int i = 0; i < 300; i++)
		buf_str(&text, "Shopping list: apples, bread, tea.\n");
	assert_int_equal(try_file(&text, &people), TANU_DAMAGED);

	folder_clear();
	assert_int_equal(sqlite3_open(folder_file("tanu.db"), &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "CREATE TABLE other (x)", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	file_read(&text, folder_file("tanu.db"));
	assert_int_equal(try_file(&text, &people), TANU_DAMAGED);
	buf_free(&text);

	folder_clear();
	assert_int_equal(mkdir(folder_file("tanu.db"), 0700), 0);
	assert_int_equal(store_sqlite_open(&s, folder_file("tanu.db"), false, &err), TANU_DAMAGED);
	folder_clear();
	assert_int_equal(store_sqlite_open(&s, folder_file("tanu.db"), false, &err),
			 TANU_NOT_FOUND);
	assert_int_equal(err.code, TANU_ERR_FILE_MISSING);
	assert_false(os_exists(folder_file("tanu.db")));
}

/* SQLite takes an empty file for a new database and deletes the log beside it. */
static void an_empty_file_does_not_cost_the_log(void **state)
{
	struct store *s = NULL;
	tanu_error err = {0};

	(void)state;
	file_write(folder_file("tanu.db"), "", 0);
	file_write(folder_file("tanu.db-wal"), good_wal.data, good_wal.len);
	assert_int_equal(store_sqlite_open(&s, folder_file("tanu.db"), false, &err), TANU_DAMAGED);
	assert_unchanged("tanu.db-wal", &good_wal);
}

static size_t people_with_log(const struct buf *wal)
{
	struct store *s = NULL;
	size_t people = 0;

	folder_clear();
	file_write(folder_file("tanu.db"), crashed.data, crashed.len);
	file_write(folder_file("tanu.db-wal"), wal->data, wal->len);
	must(store_sqlite_open(&s, folder_file("tanu.db"), false, &why));
	must(use(s, &people, &why));
	s->calls->close(s);
	return people;
}

static void a_damaged_log_costs_its_last_transactions_alone(void **state)
{
	struct buf cut = good_wal;

	(void)state;
	assert_int_equal(people_with_log(&good_wal), PEOPLE);
	for (size_t at = 0; at < good_wal.len; at += 997) {
		good_wal.data[at] ^= 0x40;
		assert_in_range(people_with_log(&good_wal), PEOPLE - 1, PEOPLE);
		good_wal.data[at] ^= 0x40;
		cut.len = at;
		assert_in_range(people_with_log(&cut), PEOPLE - 1, PEOPLE);
	}
}

static void a_newer_schema_is_refused(void **state)
{
	struct buf newer = {0};
	struct store *s = NULL;
	sqlite3 *db = NULL;
	tanu_error err = {0};

	(void)state;
	file_write(folder_file("tanu.db"), good.data, good.len);
	assert_int_equal(sqlite3_open(folder_file("tanu.db"), &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "PRAGMA user_version = 99", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	file_read(&newer, folder_file("tanu.db"));
	assert_int_equal(store_sqlite_open(&s, folder_file("tanu.db"), false, &err),
			 TANU_UNSUPPORTED);
	assert_int_equal(err.code, TANU_ERR_DB_VERSION);
	assert_unchanged("tanu.db", &newer);
	buf_free(&newer);
}

static void creation_never_replaces_a_file(void **state)
{
	struct store *s = NULL;
	tanu_error err = {0};

	(void)state;
	file_write(folder_file("tanu.db"), good.data, good.len);
	assert_int_equal(store_sqlite_open(&s, folder_file("tanu.db"), true, &err), TANU_USAGE);
	assert_int_equal(err.code, TANU_ERR_CONFLICT);
	assert_unchanged("tanu.db", &good);
}

/* ---- one owner ---- */

static int open_elsewhere(const char *path)
{
	struct store *s = NULL;
	tanu_error err = {0};
	tanu_status st = store_sqlite_open(&s, path, false, &err);

	if (st == TANU_OK)
		s->calls->close(s);
	return st == TANU_BUSY && err.code == TANU_ERR_FOLDER_BUSY ? 77 : st == TANU_OK ? 0 : 1;
}

static int exit_of_other_process(void)
{
	const char *path = folder_file("tanu.db");
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		execl("/proc/self/exe", "test", "--open", path, (char *)NULL);
		_exit(127);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WEXITSTATUS(status);
}

static void a_second_owner_is_told_that_it_is_busy(void **state)
{
	struct store *s = NULL, *second = NULL;
	tanu_error err = {0};

	(void)state;
	file_write(folder_file("tanu.db"), good.data, good.len);
	must(store_sqlite_open(&s, folder_file("tanu.db"), false, &why));
	assert_int_equal(store_sqlite_open(&second, folder_file("tanu.db"), false, &err),
			 TANU_BUSY);
	assert_int_equal(err.code, TANU_ERR_FOLDER_BUSY);
	assert_int_equal(exit_of_other_process(), 77);
	s->calls->close(s);
	assert_int_equal(exit_of_other_process(), 0);
}

static unsigned mode_of(const char *name)
{
	struct stat info;

	assert_int_equal(stat(folder_file(name), &info), 0);
	return info.st_mode & 0777;
}

static void only_the_owner_may_read_the_files(void **state)
{
	mode_t before = umask(0);
	struct store *s = NULL;

	(void)state;
	must(store_sqlite_open(&s, folder_file("tanu.db"), true, &why));
	put_people(s, 0, 3);
	umask(before);
	assert_int_equal(mode_of("tanu.db"), 0600);
	assert_int_equal(mode_of("tanu.db-wal"), 0600);
	/* The index of the log stays in memory: a mapped file would evade the power-cut tests. */
	assert_false(os_exists(folder_file("tanu.db-shm")));
	s->calls->close(s);
}

/* ---- a full disk ---- */

/* From now on no file can grow beyond `bytes`, as on a full disk. */
static void limit_files(rlim_t bytes)
{
	struct rlimit limit;

	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* Put people until it fails, at the latest when committing. */
static tanu_status fill(struct store *s, uint32_t from, uint32_t to, tanu_error *err)
{
	struct subject_row row = {.state = SUBJECT_ACTIVE};
	tanu_status st = s->calls->begin(s, err);

	sample_sealed(&row.profile, from, 1000);
	for (uint32_t i = from; i < to && st == TANU_OK; i++) {
		row.id = sample_id('s', i);
		st = s->calls->subject_put(s, &row, err);
	}
	buf_free(&row.profile);
	if (st == TANU_OK)
		return s->calls->commit(s, err);
	s->calls->rollback(s);
	return st;
}

static void full_disk(uint32_t people_more)
{
	struct store *s = NULL;
	tanu_error err = {0};
	tanu_status st;
	size_t people;

	file_write(folder_file("tanu.db"), good.data, good.len);
	must(store_sqlite_open(&s, folder_file("tanu.db"), false, &why));
	limit_files(good.len);
	for (uint32_t i = 0; i < 100; i++) {
		st = fill(s, 1000, 1000 + people_more, &err);
		if (st < 0)
			break;
		must(s->calls->begin(s, &why));
		for (uint32_t k = 0; k < people_more; k++) {
			tanu_id id = sample_id('s', 1000 + k);

			must(s->calls->subject_delete(s, &id, &why));
		}
		st = s->calls->commit(s, &err);
		if (st < 0)
			break;
	}
	limit_files(RLIM_INFINITY);
	assert_int_equal(st, TANU_SYSTEM);
	assert_int_equal(err.code, TANU_ERR_DB);
	assert_true(err.message[0]);

	must(use(s, &people, &why));
	assert_true(people == PEOPLE || people == PEOPLE + people_more);
	/* With room again, all goes on. */
	must(fill(s, 500000, 500010, &why));
	s->calls->close(s);
	must(store_sqlite_open(&s, folder_file("tanu.db"), false, &why));
	must(use(s, &people, &why));
	assert_true(people == PEOPLE + 10 || people == PEOPLE + 10 + people_more);
	s->calls->close(s);
}

static void a_full_disk_undoes_the_act_that_met_it(void **state)
{
	(void)state;
	full_disk(1); /* the commit fails */
	folder_clear();
	full_disk(20000); /* the cache overflows into the log before */
}

int main(int argc, char **argv)
{
#define TEST(name) cmocka_unit_test_setup(name, clear)
	const struct CMUnitTest tests[] = {
	    TEST(the_undamaged_file_is_fine),
	    TEST(flipped_bytes_never_crash),
	    TEST(a_flipped_page_is_damage),
	    TEST(a_cut_file_is_damage),
	    TEST(what_is_no_database_of_ours_is_left_alone),
	    TEST(an_empty_file_does_not_cost_the_log),
	    TEST(a_damaged_log_costs_its_last_transactions_alone),
	    TEST(a_newer_schema_is_refused),
	    TEST(creation_never_replaces_a_file),
	    TEST(a_second_owner_is_told_that_it_is_busy),
	    TEST(only_the_owner_may_read_the_files),
	    TEST(a_full_disk_undoes_the_act_that_met_it),
	};
#undef TEST

	if (argc == 3 && strcmp(argv[1], "--open") == 0)
		return open_elsewhere(argv[2]);
	folder_make();
	return cmocka_run_group_tests(tests, make_samples, free_samples);
}
