/* SPDX-License-Identifier: Apache-2.0 */
/* The files of a folder: each is a page of a form, a signature, or of no use. */
#include "cli/scans.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define DOCUMENT_MAX ((size_t)64 << 20)

static const char *const signature_ends[] = {".p7s", ".sig", ".cms"};

static tanu_status no_memory(tanu_error *err)
{
	return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory for the scans");
}

/* ---- which files ---- */

static tanu_status file_add(struct scans *s, const char *path, tanu_error *err)
{
	if (s->files_len == SCANS_MAX)
		return tanu_fail(err, TANU_ERR_USAGE, NULL, "more than %d files at once",
				 SCANS_MAX);
	if (s->files_len == s->files_cap) {
		size_t cap = s->files_cap ? s->files_cap * 2 : 256;
		char **more = realloc(s->files, cap * sizeof(*more));

		if (!more)
			return no_memory(err);
		s->files = more;
		s->files_cap = cap;
	}
	s->files[s->files_len] = strdup(path);
	return s->files[s->files_len++] ? TANU_OK : no_memory(err);
}

struct folder {
	struct scans *s;
	const char *path;
};

static tanu_status folder_entry(void *self, const char *name, tanu_error *err)
{
	struct folder *folder = self;
	char path[OS_PATH_MAX];
	tanu_status st;

	if (*name == '.')
		return TANU_OK;
	if ((st = os_path(path, sizeof(path), folder->path, name, err)) < 0 || os_is_dir(path))
		return st;
	return file_add(folder->s, path, err);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static tanu_status files_find(struct scans *s, tanu_error *err)
{
	const struct args *args = &s->run->args;
	tanu_status st = TANU_OK;

	for (size_t i = 0; i < args->operands_len && st == TANU_OK; i++) {
		struct folder folder = {.s = s, .path = args->operands[i]};

		st = os_is_dir(folder.path) ? os_list_dir(folder.path, folder_entry, &folder, err)
					    : file_add(s, folder.path, err);
	}
	if (st == TANU_OK && s->files_len == 0)
		return tanu_fail(err, TANU_ERR_FILE_MISSING, args->operands[0],
				 "there are no files here");
	if (st < 0)
		return st;
	qsort(s->files, s->files_len, sizeof(*s->files), by_name);
	s->strays = calloc(s->files_len, sizeof(*s->strays));
	s->seen = calloc(s->files_len, sizeof(*s->seen));
	return s->strays && s->seen ? TANU_OK : no_memory(err);
}

static void stray_add(struct scans *s, const char *path, const tanu_error *why)
{
	s->strays[s->strays_len++] = (struct stray){.path = path, .why = *why};
}

static bool ends_with(const char *path, const char *end)
{
	size_t len = strlen(path), end_len = strlen(end);

	return len > end_len && strcasecmp(path + len - end_len, end) == 0;
}

static bool is_signature(const char *path)
{
	for (size_t i = 0; i < ARRAY_LEN(signature_ends); i++)
		if (ends_with(path, signature_ends[i]))
			return true;
	return false;
}

/* "form.pdf.p7s" and "form.p7s" are both of "form.pdf". */
static bool is_signature_of(const char *signature, const char *document)
{
	size_t stem = strlen(signature) - 4, len = strlen(document);

	if (strncmp(signature, document, stem) != 0)
		return false;
	return stem == len || (len == stem + 4 && ends_with(document, ".pdf"));
}

static char *signature_for(const struct scans *s, const char *document)
{
	for (size_t i = 0; i < s->files_len; i++)
		if (is_signature(s->files[i]) && is_signature_of(s->files[i], document))
			return s->files[i];
	return NULL;
}

static bool has_document(const struct scans *s, const char *signature)
{
	for (size_t i = 0; i < s->files_len; i++)
		if (!is_signature(s->files[i]) && is_signature_of(signature, s->files[i]))
			return true;
	return false;
}

/* ---- the forms of the site ---- */

static tanu_status pile_add(void *self, const struct form_view *v, tanu_error *err)
{
	struct scans *s = self;

	if (s->piles_len == s->piles_cap) {
		size_t cap = s->piles_cap ? s->piles_cap * 2 : 64;
		struct pile *more = realloc(s->piles, cap * sizeof(*more));

		if (!more)
			return no_memory(err);
		s->piles = more;
		s->piles_cap = cap;
	}
	s->piles[s->piles_len++] = (struct pile){.form = *v};
	return TANU_OK;
}

static int by_code(const void *a, const void *b)
{
	const struct pile *x = a, *y = b;

	return strcmp(x->form.code, y->form.code);
}

static struct pile *pile_of(const struct scans *s, const char *code)
{
	struct pile key = {0};

	memcpy(key.form.code, code, sizeof(key.form.code));
	return s->piles_len ? bsearch(&key, s->piles, s->piles_len, sizeof(*s->piles), by_code)
			    : NULL;
}

bool pile_is_empty(const struct pile *pile)
{
	return pile->pages_len == 0;
}

unsigned pile_waits(const struct pile *pile)
{
	return service_form_waits(&pile->form);
}

bool pile_is_ready(const struct pile *pile, tanu_error *why)
{
	bool last = pile->is_signed;

	for (size_t i = 0; i < pile->pages_len; i++)
		last = last || pile->page[i].page == pile->form.pages;
	if (service_form_open(&pile->form, why) < 0)
		return false;
	if (!last)
		tanu_fail(why, TANU_ERR_FORM, NULL, "page %d, the one that is signed, is not here",
			  pile->form.pages);
	return last;
}

/* ---- one file ---- */

static bool seen_before(struct scans *s, const uint8_t sha256[32], const char *path,
			tanu_error *why)
{
	for (size_t i = 0; i < s->seen_len; i++)
		if (memcmp(s->seen[i].sha256, sha256, 32) == 0) {
			tanu_fail(why, TANU_ERR_CONFLICT, NULL, "the same file as %s",
				  s->seen[i].path);
			return true;
		}
	memcpy(s->seen[s->seen_len].sha256, sha256, 32);
	s->seen[s->seen_len++].path = path;
	return false;
}

static bool page_take(struct pile *pile, char *path, int page, const uint8_t sha256[32],
		      tanu_error *why)
{
	for (size_t i = 0; i < pile->pages_len; i++)
		if (pile->page[i].page == page) {
			tanu_fail(why, TANU_ERR_CONFLICT, NULL,
				  "page %d of form %s once more; the first is %s", page,
				  pile->form.code, pile->page[i].path);
			return false;
		}
	if (pile->pages_len == EVIDENCE_PAGES_MAX) {
		tanu_fail(why, TANU_ERR_FILE_TOO_LARGE, NULL, "a form has at most %d pages here",
			  EVIDENCE_PAGES_MAX);
		return false;
	}
	pile->page[pile->pages_len].path = path;
	pile->page[pile->pages_len].page = page;
	memcpy(pile->page[pile->pages_len++].sha256, sha256, 32);
	return true;
}

static void scan_take(struct scans *s, char *path)
{
	struct form_scan scan = {0};
	struct buf bytes = {0};
	tanu_error why = {0};
	struct pile *pile;
	tanu_status st = service_form_scan(s->run->service, &scan, &bytes, path, &why);

	buf_wipe(&bytes);
	if (st < 0) {
		stray_add(s, path, &why);
		return;
	}
	pile = pile_of(s, scan.code);
	if (!pile)
		tanu_fail(&why, TANU_ERR_FORM, NULL,
			  "form %s is not known: its person has left, or the database is older",
			  scan.code);
	if (!pile || seen_before(s, scan.sha256, path, &why) ||
	    !page_take(pile, path, scan.page, scan.sha256, &why))
		stray_add(s, path, &why);
}

/* Which form this is the file of. */
static struct pile *pile_of_document(const struct scans *s, const uint8_t sha256[32])
{
	static const uint8_t none[32];

	for (size_t i = 0; i < s->piles_len; i++)
		if (memcmp(s->piles[i].form.pdf_sha256, none, 32) != 0 &&
		    memcmp(s->piles[i].form.pdf_sha256, sha256, 32) == 0)
			return &s->piles[i];
	return NULL;
}

static tanu_status document_read(struct scans *s, struct buf *document, struct buf *signature,
				 const char *path, const char *signature_path,
				 struct signature_view *view, tanu_error *err)
{
	tanu_status st;

	if ((st = os_read_file(document, path, DOCUMENT_MAX, err)) < 0 ||
	    (st = os_read_file(signature, signature_path, DOCUMENT_MAX, err)) < 0)
		return st;
	return service_signature_check(s->run->service, view, signature, document, err);
}

static void document_take(struct scans *s, char *path, char *signature_path)
{
	struct buf document = {0}, signature = {0};
	struct signature_view view = {0};
	struct pile *pile = NULL;
	tanu_error why = {0};
	tanu_status st = document_read(s, &document, &signature, path, signature_path, &view, &why);

	if (st == TANU_OK && !(pile = pile_of_document(s, view.document_sha256)))
		st =
		    tanu_fail(&why, TANU_ERR_FORM, NULL,
			      "this is no form that was written here by itself: a person who signs "
			      "electronically gets a form of her own");
	if (st == TANU_OK && seen_before(s, view.document_sha256, path, &why))
		st = TANU_USAGE;
	if (st == TANU_OK && pile->pages_len)
		st = tanu_fail(&why, TANU_ERR_CONFLICT, NULL, "form %s is here on paper already",
			       pile->form.code);
	if (st == TANU_OK && page_take(pile, path, 0, view.document_sha256, &why)) {
		pile->is_signed = true;
		pile->signature = view;
		pile->signature.checked_elsewhere = args_has(&s->run->args, "checked-elsewhere");
		pile->signature_path = signature_path;
	} else {
		stray_add(s, path, &why);
	}
	buf_wipe(&document);
	buf_wipe(&signature);
}

static void file_take(struct scans *s, char *path)
{
	char *signature;
	tanu_error why = {0};

	if (is_signature(path)) {
		if (has_document(s, path))
			return;
		tanu_fail(&why, TANU_ERR_FILE_MISSING, NULL,
			  "the document that was signed is not beside it");
		stray_add(s, path, &why);
		return;
	}
	signature = signature_for(s, path);
	if (signature)
		document_take(s, path, signature);
	else
		scan_take(s, path);
}

/* ---- all ---- */

static tanu_status names_fill(struct scans *s, tanu_error *err)
{
	tanu_status st = TANU_OK;

	for (size_t i = 0; i < s->piles_len && st == TANU_OK; i++) {
		struct subject_view view = {0};

		if (pile_is_empty(&s->piles[i]))
			continue;
		st = service_subject_get(s->run->service, &view, &s->piles[i].form.subject, err);
		memcpy(s->piles[i].name, view.person.name, sizeof(s->piles[i].name));
		mem_wipe(&view, sizeof(view));
	}
	return st;
}

tanu_status scans_read(struct scans *s, tanu_error *err)
{
	struct progress progress;
	tanu_status st;

	if ((st = run_site(s->run, err)) < 0 || (st = files_find(s, err)) < 0 ||
	    (st = service_forms_each(s->run->service, NULL, pile_add, s, err)) < 0)
		return st;
	if (s->piles_len)
		qsort(s->piles, s->piles_len, sizeof(*s->piles), by_code);
	progress_start(&progress, "files", s->files_len);
	for (size_t i = 0; i < s->files_len; i++) {
		file_take(s, s->files[i]);
		progress_step(&progress, i + 1);
	}
	progress_end(&progress);
	return names_fill(s, err);
}

void scans_close(struct scans *s)
{
	for (size_t i = 0; i < s->files_len; i++)
		free(s->files[i]);
	free(s->files);
	mem_wipe(s->piles, s->piles_len * sizeof(*s->piles));
	free(s->piles);
	free(s->strays);
	free(s->seen);
}
