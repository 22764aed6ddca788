/* SPDX-License-Identifier: Apache-2.0 */
/* The format of a backup: a good one, and one test for each damaged field. */
#include "service/site.h"

#include "service/recovery.h"

#include <unistd.h>

struct memory {
	struct buf bytes;
	size_t at;
};

static tanu_status read_memory(void *self, void *out, size_t len, size_t *got, tanu_error *err)
{
	struct memory *m = self;

	(void)err;
	*got = len < m->bytes.len - m->at ? len : m->bytes.len - m->at;
	memcpy(out, m->bytes.data + m->at, *got);
	m->at += *got;
	return TANU_OK;
}

static const struct backup_header header = {.period = 3,
					    .created_ms = 1767200000000,
					    .site = {{9}},
					    .sequence = 77,
					    .pin = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}};

static void put_section(struct buf *out, unsigned kind, const char *name, uint64_t size)
{
	buf_u16le(out, (uint16_t)kind);
	buf_u16le(out, (uint16_t)strlen(name));
	buf_u32le(out, 0);
	buf_u64le(out, size);
	buf_str(out, name);
}

static void put_part(struct buf *out, unsigned kind, const char *name, const char *text)
{
	put_section(out, kind, name, strlen(text));
	buf_str(out, text);
}

static void put_header(struct buf *out)
{
	uint8_t bytes[BACKUP_HEADER_LEN];

	backup_header_put(bytes, &header);
	buf_put(out, bytes, sizeof(bytes));
}

static void put_keys(struct buf *out, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		put_part(out, BACKUP_KEYS, "", "box");
}

/* As a small site's would be. */
static void good(struct memory *m)
{
	*m = (struct memory){0};
	put_header(&m->bytes);
	put_part(&m->bytes, BACKUP_SETTINGS, "", "[site]\n");
	put_part(&m->bytes, BACKUP_DATABASE, "", "SQLite");
	put_part(&m->bytes, BACKUP_LOG, "checkpoint", "note");
	put_part(&m->bytes, BACKUP_LOG, "tile/0/000", "hashes");
	put_keys(&m->bytes, VAULT_BUCKETS);
	put_part(&m->bytes, BACKUP_END, "", "signed");
}

/* Read to the end, in small steps. */
static tanu_status read_all(struct memory *m, struct backup_header *found, size_t *sections,
			    tanu_error *err)
{
	struct backup_reader r = {.read = read_memory, .self = m};
	struct backup_section section = {0};
	uint8_t chunk[3];
	size_t got;
	tanu_status st;

	m->at = 0;
	*sections = 0;
	st = backup_read_header(&r, found, err);
	while (st == TANU_OK && section.kind != BACKUP_END) {
		if ((st = backup_read_section(&r, &section, err)) < 0)
			return st;
		++*sections;
		while (st == TANU_OK && r.left > 0)
			st = backup_read_bytes(&r, chunk, sizeof(chunk), &got, err);
	}
	return st < 0 ? st : backup_read_end(&r, err);
}

static void assert_refused(struct memory *m, const char *words)
{
	struct backup_header found;
	size_t sections;
	tanu_error err = {0};

	assert_int_equal(read_all(m, &found, &sections, &err), TANU_INPUT);
	assert_int_equal(err.code, TANU_ERR_BACKUP);
	if (!strstr(err.message, words))
		fail_msg("\"%s\" does not say \"%s\"", err.message, words);
	buf_free(&m->bytes);
}

static void reads_what_is_written(void **state)
{
	struct memory m;
	struct backup_header found = {0};
	size_t sections;

	(void)state;
	good(&m);
	MUST(read_all(&m, &found, &sections, err));
	assert_int_equal(sections, 21);
	assert_memory_equal(found.pin, header.pin, RECOVERY_PIN);
	assert_int_equal(found.period, 3);
	assert_int_equal(found.sequence, 77);
	assert_true(found.created_ms == header.created_ms && id_equal(&found.site, &header.site));
	buf_free(&m.bytes);
}

static void the_writer_writes_the_same(void **state)
{
	struct memory m, want;
	struct backup_writer w;
	char path[] = "/tmp/tanu-backup-XXXXXX";
	int fd = mkstemp(path);

	(void)state;
	close(fd);
	good(&want);
	m = (struct memory){0};
	MUST(backup_begin(&w, path, &header, err));
	MUST(backup_section(&w, BACKUP_SETTINGS, "", 7, err));
	MUST(backup_bytes(&w, "[site]\n", 7, err));
	MUST(backup_section(&w, BACKUP_DATABASE, "", 6, err));
	MUST(backup_bytes(&w, "SQLite", 6, err));
	MUST(backup_section(&w, BACKUP_LOG, "checkpoint", 4, err));
	MUST(backup_bytes(&w, "note", 4, err));
	MUST(os_file_commit(&w.file, err));
	MUST(os_read_file(&m.bytes, path, 1 << 20, err));
	assert_int_equal(m.bytes.len, w.written);
	assert_memory_equal(m.bytes.data, want.bytes.data, m.bytes.len);
	REFUSES(TANU_ERR_BACKUP, backup_section(&w, BACKUP_LOG, "../keys", 4, err));
	unlink(path);
	buf_free(&m.bytes);
	buf_free(&want.bytes);
}

static void refuses_a_header_with_any_field_changed(void **state)
{
	static const struct {
		size_t at;
		uint8_t value;
		const char *words;
	} bad[] = {
	    {0, 'X', "does not begin"}, {8, 2, "version"},
	    {10, 1, "header"},		{12, RECOVERY_PERIODS_MAX, "header"},
	    {15, 1, "header"},		{58, 1, "header"},
	    {63, 1, "header"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct memory m;

		good(&m);
		m.bytes.data[bad[i].at] = bad[i].value;
		assert_refused(&m, bad[i].words);
	}
}

static void refuses_a_section_header_with_any_field_changed(void **state)
{
	static const struct {
		size_t at; /* in the header of the settings */
		uint8_t value;
		const char *words;
	} bad[] = {
	    {0, 0, "does not begin"},
	    {0, 6, "does not begin"},
	    {1, 1, "does not begin"},
	    {2, 4, "no right name"},
	    {2, 201, "does not begin"},
	    {4, 1, "does not begin"},
	    {8, 8, ""},
	    {10, 2, "larger than such a part"},
	    {15, 0x80, "larger than such a part"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct memory m;

		good(&m);
		m.bytes.data[BACKUP_HEADER_LEN + bad[i].at] = bad[i].value;
		assert_refused(&m, bad[i].words);
	}
}

static void refuses_names_that_lead_elsewhere(void **state)
{
	static const char *const names[] = {"../tanu.db",   "/etc/passwd", "tile/../../x",
					    "tile//0",	    "tile/0/000/", "Checkpoint",
					    "tile/0/.hide", "keys",	   "tile/0/000.p/999"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct memory m = {0};

		put_header(&m.bytes);
		put_part(&m.bytes, BACKUP_SETTINGS, "", "");
		put_part(&m.bytes, BACKUP_DATABASE, "", "db");
		put_part(&m.bytes, BACKUP_LOG, names[i], "x");
		assert_refused(&m, "no right name");
	}
}

static void refuses_parts_out_of_order_twice_or_missing(void **state)
{
	static const struct {
		unsigned kind[6];
		const char *name[6];
		unsigned keys;
	} bad[] = {
	    {{BACKUP_DATABASE}, {""}, 0},
	    {{BACKUP_SETTINGS, BACKUP_SETTINGS}, {"", ""}, 0},
	    {{BACKUP_SETTINGS, BACKUP_LOG}, {"", "checkpoint"}, 0},
	    {{BACKUP_SETTINGS, BACKUP_DATABASE, BACKUP_DATABASE}, {"", "", ""}, 0},
	    {{BACKUP_SETTINGS, BACKUP_DATABASE, BACKUP_LOG, BACKUP_LOG},
	     {"", "", "checkpoint", "checkpoint"},
	     0},
	    {{BACKUP_SETTINGS, BACKUP_DATABASE, BACKUP_LOG, BACKUP_LOG},
	     {"", "", "policy", "checkpoint"},
	     0},
	    {{BACKUP_SETTINGS, BACKUP_DATABASE, BACKUP_END}, {"", "", ""}, 0},
	    {{BACKUP_SETTINGS, BACKUP_DATABASE}, {"", ""}, VAULT_BUCKETS - 1},
	    {{BACKUP_SETTINGS, BACKUP_DATABASE}, {"", ""}, VAULT_BUCKETS + 1},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct memory m = {0};

		put_header(&m.bytes);
		for (size_t j = 0; bad[i].kind[j]; j++)
			put_part(&m.bytes, bad[i].kind[j], bad[i].name[j], "x");
		put_keys(&m.bytes, bad[i].keys);
		put_part(&m.bytes, BACKUP_END, "", "x");
		assert_refused(&m, "not in their order");
	}
}

static void refuses_a_name_where_none_belongs(void **state)
{
	struct memory m = {0};

	(void)state;
	put_header(&m.bytes);
	put_part(&m.bytes, BACKUP_SETTINGS, "ini", "x");
	assert_refused(&m, "no right name");
}

static void refuses_a_zero_inside_a_name(void **state)
{
	struct memory m = {0};

	(void)state;
	put_header(&m.bytes);
	put_part(&m.bytes, BACKUP_SETTINGS, "", "");
	put_part(&m.bytes, BACKUP_DATABASE, "", "db");
	put_part(&m.bytes, BACKUP_LOG, "policy~checkpoint", "x");
	*(uint8_t *)memchr(m.bytes.data, '~', m.bytes.len) = '\0';
	assert_refused(&m, "no right name");
}

static void refuses_what_follows_the_end(void **state)
{
	struct memory m;

	(void)state;
	good(&m);
	buf_u8(&m.bytes, 0);
	assert_refused(&m, "something follows");
}

static void refuses_a_backup_cut_anywhere(void **state)
{
	struct memory m;
	struct backup_header found;
	size_t sections, whole;

	(void)state;
	good(&m);
	whole = m.bytes.len;
	for (m.bytes.len = 0; m.bytes.len < whole; m.bytes.len++)
		REFUSES(TANU_ERR_BACKUP, read_all(&m, &found, &sections, err));
	buf_free(&m.bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_what_is_written),
	    cmocka_unit_test(the_writer_writes_the_same),
	    cmocka_unit_test(refuses_a_header_with_any_field_changed),
	    cmocka_unit_test(refuses_a_section_header_with_any_field_changed),
	    cmocka_unit_test(refuses_names_that_lead_elsewhere),
	    cmocka_unit_test(refuses_parts_out_of_order_twice_or_missing),
	    cmocka_unit_test(refuses_a_name_where_none_belongs),
	    cmocka_unit_test(refuses_a_zero_inside_a_name),
	    cmocka_unit_test(refuses_what_follows_the_end),
	    cmocka_unit_test(refuses_a_backup_cut_anywhere),
	};

	return cmocka_run_group_tests_name("service/backup_file", tests, NULL, NULL);
}
