/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/vectors/receipt, shared by the two verifiers: each scene as files, and the report that this
 * one writes about it. The test makes all of them anew and compares; `test_receipt_vectors --write`
 * replaces what is there, and the seeds of the fuzz targets that come of it.
 */
#include "os/os.h"
#include "receipt/scenes.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER	   TANU_SOURCE_DIR "/tests/vectors/receipt"
#define SEEDS	   TANU_SOURCE_DIR "/fuzz/corpus/fuzz_receipt_"
#define FILES_MAX  2048
#define PATH_BYTES 512

struct made {
	char path[PATH_BYTES]; /* whole */
	struct buf bytes;
};

static struct made made[FILES_MAX];
static size_t made_len;

static void put_file(const char *path, const void *bytes, size_t len)
{
	struct made *m = &made[made_len++];

	assert_true(made_len <= FILES_MAX);
	snprintf(m->path, sizeof(m->path), "%s", path);
	buf_put(&m->bytes, bytes, len);
	assert_false(m->bytes.failed);
}

static const struct made *find_made(const char *path)
{
	for (size_t i = 0; i < made_len; i++)
		if (strcmp(made[i].path, path) == 0)
			return &made[i];
	return NULL;
}

/* Partial files of earlier sizes are not needed to read this one. */
static bool is_superseded(const struct world *w, const char *path)
{
	struct tile tile;
	int level;

	if (tile_parse(&tile, path, NULL) < 0 || tile.width == TILE_WIDTH)
		return false;
	level = tile.level == TILE_ENTRIES ? 0 : tile.level;
	return tile_level_hashes(level, w->size) != tile.index * TILE_WIDTH + tile.width;
}

static void put_log(const char *name, struct scene *s)
{
	char path[PATH_BYTES];

	for (size_t i = 0; i < s->world->files.len; i++) {
		const struct memory_file *f = &s->world->files.file[i];

		if (is_superseded(s->world, f->path))
			continue;
		snprintf(path, sizeof(path), FOLDER "/%s/log/%s", name, f->path);
		put_file(path, f->bytes, f->len);
	}
}

static void put_words(struct json_w *w, const char *key, const char *words)
{
	char copy[512], *save = NULL;

	snprintf(copy, sizeof(copy), "%s", words);
	jw_array(w, key);
	for (char *word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save))
		jw_text(w, NULL, word);
	jw_end_array(w);
}

static void put_case(struct json_w *w, const struct scene_row *row, const struct scene *s)
{
	char name[48];

	jw_object(w, NULL);
	jw_text(w, "about", row->about);
	put_words(w, "findings", row->findings);
	jw_bool(w, "log", s->has_log);
	jw_text(w, "name", row->name);
	if (*s->policy)
		jw_text(w, "policy", "policy");
	jw_array(w, "receipts");
	for (size_t i = 0; i < s->receipts_len; i++) {
		snprintf(name, sizeof(name), "%zu.tanu-receipt", i + 1);
		jw_text(w, NULL, name);
	}
	jw_end_array(w);
	jw_text(w, "verdict", row->verdict);
	jw_end_object(w);
}

static void put_report(const char *name, struct scene *s)
{
	tanu_report *report = NULL;
	struct buf json = {0};
	char path[PATH_BYTES];

	assert_int_equal(scene_report(&report, s, NULL), TANU_OK);
	scene_json(&json, report);
	snprintf(path, sizeof(path), FOLDER "/%s/report.json", name);
	put_file(path, json.data, json.len);
	buf_free(&json);
	tanu_report_free(&report);
}

static void put_receipts(const char *name, const struct scene *s)
{
	char path[PATH_BYTES];

	for (size_t i = 0; i < s->receipts_len; i++) {
		snprintf(path, sizeof(path), FOLDER "/%s/%zu.tanu-receipt", name, i + 1);
		put_file(path, s->receipts[i].data, s->receipts[i].len);
	}
	if (*s->policy) {
		snprintf(path, sizeof(path), FOLDER "/%s/policy", name);
		put_file(path, s->policy, strlen(s->policy));
	}
}

/* ---- seeds for fuzzing: a receipt; a receipt and the files of a log in one ---- */

static void pack(struct buf *out, const char *path, const void *bytes, size_t len)
{
	buf_u8(out, (uint8_t)strlen(path));
	buf_str(out, path);
	buf_u32le(out, (uint32_t)len);
	buf_put(out, bytes, len);
}

static void put_seeds(const char *name, const struct scene *s)
{
	struct buf packed = {0};
	char path[PATH_BYTES];

	snprintf(path, sizeof(path), SEEDS "receipt/%s", name);
	put_file(path, s->receipts[0].data, s->receipts[0].len);
	if (!s->has_log || s->world->size > 64)
		return;
	for (size_t i = 0; i < s->receipts_len; i++)
		pack(&packed, "receipt", s->receipts[i].data, s->receipts[i].len);
	for (size_t i = 0; i < s->world->files.len; i++) {
		const struct memory_file *f = &s->world->files.file[i];

		if (!is_superseded(s->world, f->path) && strncmp(f->path, "tile/0", 6) != 0)
			pack(&packed, f->path, f->bytes, f->len);
	}
	snprintf(path, sizeof(path), SEEDS "history/%s", name);
	put_file(path, packed.data, packed.len);
	buf_free(&packed);
}

static bool is_seed(const char *name)
{
	static const char *const names[] = {"good_receipt", "renewed",	     "removed",
					    "false_proof",  "invalid_entry", "disclosure_opened"};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

static void make_all(void)
{
	struct buf cases = {0};
	struct json_w w;

	jw_init(&w, &cases);
	jw_array(&w, NULL);
	for (size_t i = 0; i < scene_rows_len; i++) {
		const struct scene_row *row = &scene_rows[i];
		struct scene s;

		scene_open(&s, row);
		put_case(&w, row, &s);
		put_receipts(row->name, &s);
		put_report(row->name, &s);
		if (s.has_log)
			put_log(row->name, &s);
		if (is_seed(row->name))
			put_seeds(row->name, &s);
		scene_close(&s);
	}
	jw_end_array(&w);
	buf_u8(&cases, '\n');
	put_file(FOLDER "/cases.json", cases.data, cases.len);
	buf_free(&cases);
}

/* ---- compare ---- */

static void the_files_are_what_is_made_anew(void **state)
{
	(void)state;
	for (size_t i = 0; i < made_len; i++) {
		struct buf have = {0};
		const struct made *m = &made[i];

		if (os_read_file(&have, m->path, (size_t)1 << 24, NULL) < 0)
			fail_msg("%s is not there; test_receipt_vectors --write", m->path);
		if (have.len != m->bytes.len || memcmp(have.data, m->bytes.data, have.len) != 0)
			fail_msg("%s is not what is made; test_receipt_vectors --write", m->path);
		buf_free(&have);
	}
}

static tanu_status check_known(void *self, const char *name, tanu_error *err)
{
	const char *folder = self;
	char path[PATH_BYTES];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	if (os_is_dir(path))
		return os_list_dir(path, check_known, path, err);
	if (!find_made(path) && strcmp(name, "README.md") != 0)
		fail_msg("%s belongs to no scene; remove it", path);
	return TANU_OK;
}

static void no_other_files_are_there(void **state)
{
	static char folder[] = FOLDER;

	(void)state;
	assert_int_equal(os_list_dir(folder, check_known, folder, NULL), TANU_OK);
}

/* ---- write ---- */

static void make_folders(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(path, 0777) < 0 && errno != EEXIST)
			fail_msg("%s: %s", path, strerror(errno));
		*slash = '/';
	}
}

static void write_all(void **state)
{
	(void)state;
	for (size_t i = 0; i < made_len; i++) {
		make_folders(made[i].path);
		assert_int_equal(os_replace_file(made[i].path, made[i].bytes.data,
						 made[i].bytes.len, 0644, NULL),
				 TANU_OK);
	}
	print_message("%zu files\n", made_len);
}

static int set_up(void **state)
{
	(void)state;
	make_all();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	for (size_t i = 0; i < made_len; i++)
		buf_free(&made[i].bytes);
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_files_are_what_is_made_anew),
	    cmocka_unit_test(no_other_files_are_there),
	};
	const struct CMUnitTest writes[] = {cmocka_unit_test(write_all)};

	if (argc > 1 && strcmp(argv[1], "--write") == 0)
		return cmocka_run_group_tests_name("receipt/vectors", writes, set_up, tear_down);
	return cmocka_run_group_tests_name("receipt/vectors", tests, set_up, tear_down);
}
