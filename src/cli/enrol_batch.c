/* SPDX-License-Identifier: Apache-2.0 */
/* `tanu enrol --from people.csv`: one person after the other; who is refused is told at the end. */
#include "cli/run.h"

#include <stdlib.h>
#include <string.h>

/* One person of the list. The words are owned. */
struct entry {
	size_t row;
	char *subject;
	char *photos[SAMPLES_MAX];
	size_t photos_len;
};

struct batch {
	const char *list;
	char folder[512]; /* of the list; where photographs are looked for */
	struct csv *csv;
	int subject, photo; /* columns */
	struct entry *entries;
	size_t len, cap;
	size_t enrolled;
};

static tanu_status no_memory(const struct batch *b, tanu_error *err)
{
	return tanu_fail(err, TANU_ERR_NO_MEMORY, b->list, "not enough memory");
}

static void batch_close(struct batch *b)
{
	for (size_t i = 0; i < b->len; i++) {
		free(b->entries[i].subject);
		for (size_t j = 0; j < b->entries[i].photos_len; j++)
			free(b->entries[i].photos[j]);
	}
	free(b->entries);
	csv_close(&b->csv);
}

/* Everything before the last slash of the list's path, with it; "" for the working directory. */
static tanu_status set_folder(struct batch *b, tanu_error *err)
{
	const char *slash = strrchr(b->list, '/');
	size_t len = slash ? (size_t)(slash - b->list) + 1 : 0;

	if (len >= sizeof(b->folder))
		return tanu_fail(err, TANU_ERR_USAGE, b->list, "the path is too long");
	memcpy(b->folder, b->list, len);
	return TANU_OK;
}

static tanu_status open_list(struct batch *b, tanu_error *err)
{
	struct buf text = {0};
	tanu_status st;

	if ((st = set_folder(b, err)) < 0)
		return st;
	if ((st = os_read_file(&text, b->list, CSV_BYTES_MAX, err)) < 0)
		goto out;
	if ((st = csv_open(&b->csv, text.data, text.len, b->list, err)) < 0)
		goto out;
	b->subject = csv_column(b->csv, "subject");
	b->photo = csv_column(b->csv, "photo");
	if (b->subject < 0 || b->photo < 0)
		st = tanu_fail(err, TANU_ERR_CSV, b->list,
			       "the first row must name the columns \"subject\" and \"photo\"");
out:
	buf_wipe(&text);
	return st;
}

static tanu_status new_entry(struct batch *b, struct entry **out, const char *subject, size_t row,
			     tanu_error *err)
{
	if (b->len == b->cap) {
		size_t cap = b->cap ? b->cap * 2 : 256;
		struct entry *more = realloc(b->entries, cap * sizeof(*more));

		if (!more)
			return no_memory(b, err);
		b->entries = more;
		b->cap = cap;
	}
	b->entries[b->len] = (struct entry){.row = row, .subject = strdup(subject)};
	if (!b->entries[b->len].subject)
		return no_memory(b, err);
	*out = &b->entries[b->len++];
	return TANU_OK;
}

static tanu_status too_many(const struct batch *b, const struct entry *e, tanu_error *err)
{
	return tanu_fail(err, TANU_ERR_CSV, b->list,
			 "row %zu: more than %d photographs of a person", e->row, SAMPLES_MAX);
}

static tanu_status add_photo(const struct batch *b, struct entry *e, const char *path, size_t len,
			     tanu_error *err)
{
	struct buf full = {.max = 8192};
	char *owned;

	if (e->photos_len == SAMPLES_MAX)
		return too_many(b, e, err);
	if (*path != '/')
		buf_str(&full, b->folder);
	buf_put(&full, path, len);
	owned = strdup(buf_cstr(&full));
	buf_free(&full);
	if (!owned)
		return no_memory(b, err);
	e->photos[e->photos_len++] = owned;
	return TANU_OK;
}

static tanu_status take_row(struct batch *b, tanu_error *err)
{
	const char *p = csv_field(b->csv, b->photo);
	const char *subject = csv_field(b->csv, b->subject);
	struct entry *entry = NULL;
	tanu_status st;

	if (!*subject || !*p)
		return tanu_fail(err, TANU_ERR_CSV, b->list,
				 "row %zu: subject and photo must both be filled in",
				 csv_row(b->csv));
	st = new_entry(b, &entry, subject, csv_row(b->csv), err);
	while (st == TANU_OK && *p) {
		size_t len = strcspn(p, ";");

		if (len)
			st = add_photo(b, entry, p, len, err);
		p += len + (p[len] == ';');
	}
	return st;
}

static int by_subject(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order = strcmp(x->subject, y->subject);

	return order ? order : (x->row > y->row) - (x->row < y->row);
}

static int by_row(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	return (x->row > y->row) - (x->row < y->row);
}

/* Photographs of one subject in several rows make one entry, at the place of the first. */
static tanu_status join_rows(struct batch *b, tanu_error *err)
{
	size_t kept = 0;

	qsort(b->entries, b->len, sizeof(*b->entries), by_subject);
	for (size_t i = 1; i < b->len; i++) {
		struct entry *into = &b->entries[kept], *from = &b->entries[i];

		if (strcmp(into->subject, from->subject) != 0) {
			if (++kept != i) {
				b->entries[kept] = *from;
				*from = (struct entry){0};
			}
			continue;
		}
		while (from->photos_len > 0 && into->photos_len < SAMPLES_MAX)
			into->photos[into->photos_len++] = from->photos[--from->photos_len];
		if (from->photos_len > 0)
			return too_many(b, from, err);
		free(from->subject);
		*from = (struct entry){0};
	}
	b->len = kept + 1;
	qsort(b->entries, b->len, sizeof(*b->entries), by_row);
	return TANU_OK;
}

static tanu_status read_list(struct batch *b, tanu_error *err)
{
	tanu_status st = open_list(b, err);
	int got = 0;

	while (st == TANU_OK && (got = csv_next(b->csv, err)) > 0)
		st = take_row(b, err);
	if (st == TANU_OK && got < 0)
		st = (tanu_status)got;
	if (st == TANU_OK && b->len == 0)
		st = tanu_fail(err, TANU_ERR_CSV, b->list, "there is nobody in this list");
	return st == TANU_OK ? join_rows(b, err) : st;
}

static void answer_refusal(struct run *run, const struct entry *e,
			   const struct enrol_result *result, const tanu_error *why)
{
	struct json_w *w = &run->jw;

	say(run, "row %zu: ", e->row);
	say_clean(run, why->place);
	say(run, *why->place ? ": " : "");
	say_clean(run, why->message);
	say(run, "\n");
	jw_object(w, NULL);
	jw_int(w, "row", (int64_t)e->row);
	jw_text(w, "code", tanu_error_name(why->code));
	jw_clean(w, "place", why->place);
	jw_clean(w, "message", why->message);
	answer_samples(run, result, (const char *const *)e->photos);
	jw_end_object(w);
	if (tanu_exit_for(why->status) > run->exit)
		run->exit = tanu_exit_for(why->status);
}

/* Trouble with the site or the machine ends the batch; a refusal concerns one person. */
static bool ends_batch(tanu_status st)
{
	return tanu_exit_for(st) == TANU_EXIT_SYSTEM;
}

static tanu_status enrol_entry(struct run *run, struct enrol_result *result, const struct entry *e,
			       tanu_error *err)
{
	tanu_id id;
	tanu_status st = service_subject_find(run->service, &id, e->subject, err);

	if (st < 0)
		return st;
	return service_enrol(run->service, result, &id, (const char *const *)e->photos,
			     e->photos_len, err);
}

static tanu_status enrol_all(struct run *run, struct batch *b, tanu_error *err)
{
	struct progress progress;
	tanu_status st = TANU_OK;

	progress_start(&progress, "people", b->len);
	jw_array(&run->jw, "refused");
	for (size_t i = 0; i < b->len; i++) {
		struct enrol_result result = {0};
		tanu_error why = {0};

		st = enrol_entry(run, &result, &b->entries[i], &why);
		if (ends_batch(st)) {
			*err = why;
			break;
		}
		if (st < 0)
			answer_refusal(run, &b->entries[i], &result, &why);
		else
			b->enrolled++;
		st = TANU_OK;
		progress_step(&progress, i + 1);
	}
	jw_end_array(&run->jw);
	progress_end(&progress);
	return st;
}

tanu_status enrol_batch(struct run *run, const char *list, tanu_error *err)
{
	struct batch b = {.list = list};
	int64_t started_ns = os_monotonic_ns();
	double seconds;
	tanu_status st;

	if ((st = read_list(&b, err)) < 0 || (st = run_site(run, err)) < 0)
		goto out;
	st = enrol_all(run, &b, err);
	run->keep_answer = true;
	seconds = (double)(os_monotonic_ns() - started_ns) / 1e9;
	say(run, "Enrolled %zu of %zu people in %.1f s (%.1f a second).\n", b.enrolled, b.len,
	    seconds, seconds > 0 ? (double)b.enrolled / seconds : 0);
	jw_int(&run->jw, "people", (int64_t)b.len);
	jw_int(&run->jw, "enrolled", (int64_t)b.enrolled);
	jw_real(&run->jw, "seconds", seconds);
out:
	batch_close(&b);
	return st;
}
