/* SPDX-License-Identifier: Apache-2.0 */
#include "service/site.h"

#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

int64_t site_clock(void *self)
{
	struct clock_source machine = os_clock();
	struct site *site = self;
	int64_t now_ms = clock_now(&machine) + site->ahead_ms;

	site->ahead_ms += site->step_ms;
	return now_ms;
}

struct service_options site_options(struct site *site, const char *dir)
{
	return (struct service_options){.data_dir = dir,
					.clock = {.now_ms = site_clock, .self = site}};
}

void site_open_dir(struct site *site, const char *dir)
{
	struct service_options options = site_options(site, dir);

	MUST(service_open(&site->s, &options, err));
}

void site_reopen(struct site *site)
{
	service_close(&site->s);
	site_open_dir(site, site->dir);
}

int site_setup(void **state)
{
	struct site *site = calloc(1, sizeof(*site));
	struct service_options options;

	assert_non_null(site);
	/* In memory where there is such a place: each act is several fsyncs. */
	snprintf(site->root, sizeof(site->root), "%s/tanu-service-XXXXXX",
		 os_is_dir("/dev/shm") ? "/dev/shm" : "/tmp");
	assert_non_null(mkdtemp(site->root));
	snprintf(site->dir, sizeof(site->dir), "%s/data", site->root);
	options = site_options(site, site->dir);
	MUST(service_create(&options, "School 7", err));
	site_open_dir(site, site->dir);
	site->step_ms = 1; /* no two acts in one millisecond: what came first is then certain */
	*state = site;
	return 0;
}

static int site_remove_one(const char *path, const struct stat *info, int kind, struct FTW *walk)
{
	(void)info;
	(void)kind;
	(void)walk;
	return remove(path);
}

void site_remove_tree(const char *path)
{
	nftw(path, site_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

int site_teardown(void **state)
{
	struct site *site = *state;

	service_close(&site->s);
	site_remove_tree(site->root);
	free(site);
	return 0;
}

void site_copy(const char *from, const char *to)
{
	char command[256];

	snprintf(command, sizeof(command), "cp -a '%s' '%s'", from, to);
	assert_int_equal(system(command), 0);
}

/* ---- people ---- */

tanu_date date_in(struct site *site, int days)
{
	return date_from_days(date_to_days(date_from_ms(site_clock(site))) + days);
}

tanu_id add_person(struct site *site, const char *name, int age_years)
{
	struct person person = {.born = date_in(site, -1)};
	tanu_id id;

	snprintf(person.name, sizeof(person.name), "%s", name);
	person.born.year = (int16_t)(person.born.year - age_years);
	if (!date_valid(person.born))
		person.born.day = 28;
	MUST(service_subject_add(site->s, &id, &person, err));
	return id;
}

const char notice_text[] = "We keep numbers made from your face.\nSay no at any time.\n";

struct consent_order order_of(struct site *site, const tanu_id *subject, unsigned purposes,
			      int days)
{
	return (struct consent_order){.subject = *subject,
				      .purposes = purposes,
				      .giver = TANU_GIVER_SELF,
				      .until = date_in(site, days),
				      .notice = {.text = notice_text,
						 .text_len = strlen(notice_text),
						 .language = "en",
						 .version = "1"}};
}

struct consent_order order_by(struct site *site, const tanu_id *child, const tanu_id *guardian,
			      unsigned purposes, int days)
{
	struct consent_order order = order_of(site, child, purposes, days);

	order.giver = TANU_GIVER_GUARDIAN;
	order.guardian = *guardian;
	order.assent = true;
	return order;
}

void add_guardian(struct site *site, const tanu_id *child, const tanu_id *guardian)
{
	struct guardian_order order = {.child = *child,
				       .guardian = *guardian,
				       .relation = "mother",
				       .checked_by = "D. Omarova",
				       .how = "identity card and birth certificate"};

	MUST(service_guardian_add(site->s, &order, err));
}

void give(struct site *site, const tanu_id *subject, unsigned purposes, int days)
{
	struct consent_order order = order_of(site, subject, purposes, days);

	MUST(service_consent_give(site->s, &order, err));
}

/* ---- faces that nobody has ---- */

tanu_reference reference_of(uint32_t seed)
{
	tanu_embedding e = {.quality = 0.5F};
	tanu_reference out = {0};

	for (size_t i = 0; i < TANU_FEATURES; i++) {
		seed = seed * 1664525 + 1013904223;
		e.v[i] = ((float)(seed >> 8) / (float)(1 << 23) - 1) / 13;
	}
	MUST(tanu_reference_from(&out, &e, err));
	return out;
}

tanu_id keep_reference(struct site *site, const tanu_id *subject, uint32_t seed)
{
	tanu_reference reference = reference_of(seed);
	tanu_id id = {0};

	MUST(reference_keep(site->s, &id, subject, &reference, err));
	return id;
}

tanu_status open_reference(struct service *s, tanu_reference *out, const tanu_id *subject,
			   tanu_error *err)
{
	struct consent_list ledger = {0};
	struct reference_row row = {0};
	struct permit permit;
	tanu_status st;

	if ((st = ledger_load(s, &ledger, subject, err)) < 0 ||
	    (st = permit_issue(s->book, &permit, subject, TANU_PURPOSE_ACCESS,
			       PERMIT_CLAIM_OPERATOR, ledger.v, ledger.len, err)) < 0 ||
	    (st = DB(s, reference_get, &row, subject, err)) < 0)
		goto out;
	st = vault_open_reference(s->vault, out, &permit, subject, &row.id, row.sealed.data,
				  row.sealed.len, err);
out:
	buf_free(&row.sealed);
	consent_list_free(&ledger);
	return st;
}

void assert_opens(struct service *s, const tanu_id *subject, uint32_t seed)
{
	tanu_reference expected = reference_of(seed), found = {0};

	MUST(open_reference(s, &found, subject, err));
	assert_memory_equal(found.v, expected.v, sizeof(found.v));
}

/* ---- bytes in a folder ---- */

static bool file_holds(const char *path, const void *bytes, size_t len)
{
	struct buf file = {0};
	bool found;

	MUST(os_read_file(&file, path, (size_t)1 << 30, err));
	found = file.len >= len && memmem(file.data, file.len, bytes, len) != NULL;
	buf_free(&file);
	return found;
}

struct folder_search {
	const char *dir;
	const void *bytes;
	size_t len;
	size_t files, found;
};

static tanu_status search_entry(void *self, const char *name, tanu_error *unused)
{
	struct folder_search *search = self;
	char path[OS_PATH_MAX];

	(void)unused;
	MUST(os_path(path, sizeof(path), search->dir, name, err));
	if (os_is_dir(path)) {
		struct folder_search below = *search;

		below.dir = path;
		below.files = below.found = 0;
		MUST(os_list_dir(path, search_entry, &below, err));
		search->files += below.files;
		search->found += below.found;
		return TANU_OK;
	}
	search->files++;
	search->found += file_holds(path, search->bytes, search->len);
	return TANU_OK;
}

size_t files_holding(const char *dir, const void *bytes, size_t len)
{
	struct folder_search search = {.dir = dir, .bytes = bytes, .len = len};

	MUST(os_list_dir(dir, search_entry, &search, err));
	assert_true(search.files > 0);
	return search.found;
}

/* ---- the public log ---- */

static tanu_status see(void *self, uint64_t index, const void *entry, size_t entry_len,
		       const uint8_t *opening, tanu_error *unused)
{
	struct statements *q = self;
	tanu_verifier verifier;
	struct statement statement;

	(void)index;
	(void)opening;
	(void)unused;
	if (entry_len == TANU_LEAF_LEN)
		return TANU_OK;
	signer_verifier(&verifier, &q->s->journal.signer);
	MUST(statement_read(&statement, entry, entry_len, &verifier, err));
	if (statement.type == q->type) {
		q->found++;
		q->last = statement;
	}
	return TANU_OK;
}

struct statements stated(struct site *site, enum statement_type type)
{
	struct statements q = {.s = site->s, .type = type};
	struct log_reader *reader = NULL;
	uint64_t size = site->s->journal.head.size;

	MUST(log_reader_open(&reader, &site->s->journal.files, size, err));
	MUST(log_reader_each(reader, 0, size, see, &q, err));
	log_reader_close(&reader);
	return q;
}
