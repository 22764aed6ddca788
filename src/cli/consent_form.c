/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Forms to be signed by hand. All of them are planned and drawn before anything is written; then
 * the files, then papers and requests in one transaction.
 */
#include "cli/run.h"
#include "cli/verbs.h"
#include "form/form.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FORMS_MAX 2000 /* of one call */

/* Somebody who is to get a form; what is not named is settled by her age. */
struct wanted {
	tanu_id subject, guardian;
	tanu_giver giver;
	unsigned purposes;
};

struct drawn {
	struct form_view form;
	struct form_page page;
	struct sheet sheet;
};

struct batch {
	struct run *run;
	struct notice notice;
	struct buf notice_text;
	struct sheet notice_sheet;
	tanu_date until;
	unsigned purposes;
	tanu_giver giver; /* NONE: not named */
	tanu_id guardian;
	struct wanted *wanted;
	size_t wanted_len;
	struct drawn *drawn;
	size_t len;
	struct print_document *documents;
	const char *out;
	bool folder;
	char (*files)[OS_PATH_MAX]; /* that were written */
	size_t files_len;
};

/* ---- who ---- */

static tanu_status want(struct batch *b, const struct wanted *who, tanu_error *err)
{
	if (b->wanted_len == FORMS_MAX)
		return tanu_fail(err, TANU_ERR_USAGE, NULL, "at most %d forms at once", FORMS_MAX);
	b->wanted[b->wanted_len++] = *who;
	return TANU_OK;
}

static struct wanted as_named(const struct batch *b)
{
	return (struct wanted){.giver = b->giver, .guardian = b->guardian, .purposes = b->purposes};
}

static tanu_status want_operands(struct batch *b, tanu_error *err)
{
	const struct args *args = &b->run->args;
	tanu_status st = TANU_OK;

	for (size_t i = 0; i < args->operands_len && st == TANU_OK; i++) {
		struct wanted who = as_named(b);

		st = service_subject_find(b->run->service, &who.subject, args->operands[i], err);
		if (st == TANU_OK)
			st = want(b, &who, err);
	}
	return st;
}

/* Which purposes are asked for in the ledger, and not on a form that is out already. */
struct asked {
	unsigned purposes, printed;
};

static tanu_status note_asked(void *self, const struct consent_view *v, tanu_error *err)
{
	struct asked *asked = self;

	(void)err;
	if (v->consent.state == TANU_CONSENT_REQUESTED)
		asked->purposes |= v->consent.purpose;
	return TANU_OK;
}

static tanu_status note_printed(void *self, const struct form_view *v, tanu_error *err)
{
	struct asked *asked = self;

	(void)err;
	if (v->state == FORM_OPEN)
		asked->printed |= v->purposes;
	return TANU_OK;
}

static tanu_status want_asked(void *self, const struct subject_view *v, tanu_error *err)
{
	struct batch *b = self;
	struct wanted who = as_named(b);
	struct asked asked = {0};
	tanu_status st;

	if (v->damaged)
		return TANU_OK;
	if ((st = service_consent_each(b->run->service, &v->id, note_asked, &asked, err)) < 0 ||
	    (st = service_forms_each(b->run->service, &v->id, note_printed, &asked, err)) < 0)
		return st;
	who.subject = v->id;
	who.purposes = asked.purposes & ~asked.printed;
	return who.purposes ? want(b, &who, err) : TANU_OK;
}

static tanu_status want_row(struct batch *b, const struct csv *csv, int subject, int guardian,
			    tanu_error *err)
{
	const char *name = csv_field(csv, guardian);
	struct wanted who = as_named(b);
	tanu_status st;

	if ((st = service_subject_find(b->run->service, &who.subject, csv_field(csv, subject),
				       err)) < 0)
		return st;
	if (*name) {
		who.giver = TANU_GIVER_GUARDIAN;
		st = service_subject_find(b->run->service, &who.guardian, name, err);
	}
	return st < 0 ? st : want(b, &who, err);
}

static tanu_status want_list(struct batch *b, const char *path, tanu_error *err)
{
	struct buf text = {0};
	struct csv *csv = NULL;
	int subject, guardian, got;
	tanu_status st;

	if ((st = os_read_file(&text, path, CSV_BYTES_MAX, err)) < 0 ||
	    (st = csv_open(&csv, text.data, text.len, path, err)) < 0)
		goto out;
	subject = csv_column(csv, "subject");
	guardian = csv_column(csv, "guardian");
	if (subject < 0)
		st = tanu_fail(err, TANU_ERR_CSV, path,
			       "the first row must name the column \"subject\"; \"guardian\" may "
			       "stand beside it");
	while (st == TANU_OK && (got = csv_next(csv, err)) != 0) {
		st = got < 0 ? (tanu_status)got : want_row(b, csv, subject, guardian, err);
		if (st < 0) {
			char row[32];

			snprintf(row, sizeof(row), "row %zu", csv_row(csv));
			error_prefix_place(err, row);
			error_prefix_place(err, path);
		}
	}
out:
	csv_close(&csv);
	buf_wipe(&text);
	return st;
}

static tanu_status want_all(struct batch *b, tanu_error *err)
{
	const struct args *args = &b->run->args;
	const char *from = args_get(args, "from");
	int ways = (args->operands_len > 0) + (from != NULL) + args_has(args, "all-requested");
	tanu_status st;

	if (ways != 1)
		return tanu_fail(err, TANU_ERR_USAGE, NULL,
				 "name people, or --from FILE, or --all-requested");
	if (!args_has(args, "all-requested") && !b->purposes)
		return tanu_fail(err, TANU_ERR_USAGE, NULL, "say what for, with --purpose");
	if (b->giver == TANU_GIVER_GUARDIAN && args->operands_len != 1)
		return tanu_fail(err, TANU_ERR_USAGE, NULL,
				 "--by guardian goes with one person; of several the registered "
				 "guardian signs, or the one that a list names");
	if (from)
		st = want_list(b, from, err);
	else if (args->operands_len > 0)
		st = want_operands(b, err);
	else
		st = service_subject_each(b->run->service, want_asked, b, err);
	if (st == TANU_OK && b->wanted_len == 0)
		st = tanu_fail(err, TANU_ERR_RECORD_MISSING, NULL,
			       "nobody waits for a form: \"tanu consent request\" asks, and who "
			       "has a form already gets no second one");
	return st;
}

/* ---- who signs ---- */

struct one_guardian {
	struct guardian_view view;
	size_t found;
};

static tanu_status note_guardian(void *self, const struct guardian_view *v, tanu_error *err)
{
	struct one_guardian *one = self;

	(void)err;
	if (!v->may_speak)
		return TANU_OK;
	one->view = *v;
	one->found++;
	return TANU_OK;
}

/* By her age, unless it was said; of several guardians one is to be named. */
static tanu_status signer_settle(struct batch *b, struct wanted *who, const struct person *person,
				 tanu_error *err)
{
	struct service *s = b->run->service;
	int majority = (int)settings_int(service_setting_values(s), "consent.majority_years");
	struct clock_source clock = os_clock();
	tanu_date today = date_from_ms(clock_now(&clock));
	struct one_guardian one = {0};
	tanu_status st;

	if (who->giver != TANU_GIVER_NONE)
		return TANU_OK;
	who->giver = TANU_GIVER_SELF;
	if (tanu_age_on(person->born, today) >= majority)
		return TANU_OK;
	who->giver = TANU_GIVER_GUARDIAN;
	if ((st = service_guardian_each(s, &who->subject, note_guardian, &one, err)) < 0)
		return st;
	who->guardian = one.view.guardian;
	mem_wipe(&one.view, sizeof(one.view));
	if (one.found == 1)
		return TANU_OK;
	return tanu_fail(err, TANU_ERR_CONSENT_RULE, "guardian",
			 one.found ? "several guardians are registered: say which one signs"
				   : "this child has no registered guardian: tanu guardian add");
}

/* ---- planning and drawing ---- */

static tanu_status plan(struct batch *b, struct drawn *d, struct wanted *who, tanu_error *err)
{
	struct subject_view view = {0};
	struct consent_order order = {.subject = who->subject,
				      .purposes = who->purposes,
				      .until = b->until,
				      .notice = b->notice};
	tanu_status st;

	if ((st = service_subject_get(b->run->service, &view, &who->subject, err)) < 0 ||
	    (st = signer_settle(b, who, &view.person, err)) < 0)
		goto out;
	order.giver = who->giver;
	order.guardian = who->guardian;
	if ((st = service_form_plan(b->run->service, &d->form, &order, err)) < 0 ||
	    (st = form_page_fill(&d->page, b->run->service, &d->form, err)) < 0)
		goto out;
	sheet_open(&d->sheet, FORM_BLOCKS_MAX);
	form_put(&d->sheet, &b->notice_sheet, b->run->service, &d->page);
	form_document(&b->documents[b->len], &d->sheet, &d->form);
	if (d->sheet.failed)
		st = tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory for the form");
out:
	mem_wipe(&view, sizeof(view));
	return st;
}

static void answer_refused(struct run *run, const tanu_id *subject, const tanu_error *why)
{
	char hex[ID_HEX_LEN];

	id_hex(hex, subject);
	say(run, "%.8s gets no form: ", hex);
	say_clean(run, why->message);
	say(run, "\n");
	jw_object(&run->jw, NULL);
	jw_text(&run->jw, "subject", hex);
	jw_text(&run->jw, "code", tanu_error_name(why->code));
	jw_clean(&run->jw, "message", why->message);
	jw_end_object(&run->jw);
	if (tanu_exit_for(why->status) > run->exit)
		run->exit = tanu_exit_for(why->status);
}

/* Who can't be asked is told; of one person it is the error of the call. */
static tanu_status plan_all(struct batch *b, tanu_error *err)
{
	struct progress progress;
	tanu_status st = TANU_OK;

	progress_start(&progress, "forms", b->wanted_len);
	jw_array(&b->run->jw, "refused");
	for (size_t i = 0; i < b->wanted_len && st == TANU_OK; i++) {
		struct drawn *d = &b->drawn[b->len];
		tanu_error why = {0};

		st = plan(b, d, &b->wanted[i], &why);
		if (st == TANU_OK) {
			b->len++;
		} else if (b->wanted_len == 1 || tanu_exit_for(st) == TANU_EXIT_SYSTEM) {
			*err = why;
		} else {
			sheet_close(&d->sheet);
			answer_refused(b->run, &b->wanted[i].subject, &why);
			st = TANU_OK;
		}
		progress_step(&progress, i + 1);
	}
	jw_end_array(&b->run->jw);
	progress_end(&progress);
	return st;
}

/* ---- files ---- */

static tanu_status file_name(struct batch *b, const struct form_view *form, tanu_error *err)
{
	char *path = b->files[b->files_len];
	char name[FORM_CODE_TEXT_LEN + 4];
	tanu_status st = TANU_OK;

	snprintf(name, sizeof(name), "%s.pdf", form->code);
	if (b->folder)
		st = os_path(path, OS_PATH_MAX, b->out, name, err);
	else if (snprintf(path, OS_PATH_MAX, "%s", b->out) >= OS_PATH_MAX)
		st = tanu_fail(err, TANU_ERR_PATH_TOO_LONG, b->out, "this path is too long");
	if (st == TANU_OK && os_exists(path))
		st = tanu_fail(err, TANU_ERR_CONFLICT, path,
			       "there is a file of this name already; choose another");
	return st;
}

/* Forms `first` .. `first + count` into one file. */
static tanu_status file_write(struct batch *b, size_t first, size_t count,
			      const struct print_progress *progress, tanu_error *err)
{
	int *pages = calloc(count, sizeof(*pages));
	struct buf pdf = {0};
	tanu_status st;

	if (!pages)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	if ((st = file_name(b, &b->drawn[first].form, err)) < 0 ||
	    (st = print_documents(&pdf, b->documents + first, count, pages, progress, err)) < 0 ||
	    (st = os_replace_file(b->files[b->files_len], pdf.data, pdf.len, 0600, err)) < 0)
		goto out;
	b->files_len++;
	for (size_t i = 0; i < count; i++)
		b->drawn[first + i].form.pages = pages[i];
	if (count == 1)
		service_sha256(b->drawn[first].form.pdf_sha256, &pdf);
out:
	buf_wipe(&pdf);
	free(pages);
	return st;
}

static void form_drawn(void *self, size_t done)
{
	progress_step(self, done);
}

static tanu_status files_write(struct batch *b, tanu_error *err)
{
	struct progress progress;
	const struct print_progress drawn = {.done = form_drawn, .self = &progress};
	tanu_status st = TANU_OK;

	progress_start(&progress, "forms", b->len);
	if (!b->folder)
		st = file_write(b, 0, b->len, &drawn, err);
	for (size_t i = 0; b->folder && i < b->len && st == TANU_OK; i++) {
		st = file_write(b, i, 1, NULL, err);
		progress_step(&progress, i + 1);
	}
	progress_end(&progress);
	return st;
}

/* A form whose code is not known here must not be lying about. */
static void files_remove(struct batch *b)
{
	for (size_t i = 0; i < b->files_len; i++)
		(void)os_remove_file(b->files[i], NULL);
}

static tanu_status record(struct batch *b, tanu_error *err)
{
	struct form_view *forms = calloc(b->len, sizeof(*forms));
	tanu_status st;

	if (!forms)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	for (size_t i = 0; i < b->len; i++)
		forms[i] = b->drawn[i].form;
	st = service_forms_record(b->run->service, forms, b->len, &b->notice, err);
	free(forms);
	return st;
}

/* ---- the answer ---- */

static void answer_form(struct run *run, const struct form_view *form, const char *file)
{
	char purposes[PURPOSES_WORDS_LEN], hex[ID_HEX_LEN];
	struct json_w *w = &run->jw;

	id_hex(hex, &form->subject);
	say(run, "%s  %.8s  %s, to be signed by %s\n", form->code, hex,
	    purposes_words(purposes, form->purposes), tanu_giver_name(form->giver));
	jw_object(w, NULL);
	jw_text(w, "form", form->code);
	jw_text(w, "subject", hex);
	jw_purposes(w, "purposes", form->purposes);
	jw_text(w, "by", tanu_giver_name(form->giver));
	if (form->giver == TANU_GIVER_GUARDIAN)
		jw_id(w, "guardian", &form->guardian);
	else
		jw_null(w, "guardian");
	jw_bool(w, "assent", form->assent);
	jw_int(w, "pages", form->pages);
	jw_int(w, "due_ms", form->due_ms);
	jw_clean(w, "file", file);
	jw_end_object(w);
}

static void answer(struct batch *b)
{
	struct run *run = b->run;
	char due[DATE_TEXT_LEN];

	jw_array(&run->jw, "forms");
	for (size_t i = 0; i < b->len; i++)
		answer_form(run, &b->drawn[i].form, b->files[b->folder ? i : 0]);
	jw_end_array(&run->jw);
	say(run, "Written to ");
	say_clean(run, b->out);
	say(run,
	    ". Hand in before %s (setting consent.request_days).\nNext: scan what comes back, "
	    "then tanu consent import-scans FOLDER\n",
	    date_text(due, date_from_ms(b->drawn[0].form.due_ms)));
	answer_notice(run, &b->notice);
}

/* ---- the verb ---- */

static bool batch_room(struct batch *b)
{
	b->wanted = calloc(FORMS_MAX, sizeof(*b->wanted));
	sheet_open(&b->notice_sheet, FORM_NOTICE_BLOCKS_MAX);
	return b->wanted && !b->notice_sheet.failed;
}

static bool drawn_room(struct batch *b)
{
	b->drawn = calloc(b->wanted_len, sizeof(*b->drawn));
	b->documents = calloc(b->wanted_len, sizeof(*b->documents));
	b->files = calloc(b->folder ? b->wanted_len : 1, sizeof(*b->files));
	return b->drawn && b->documents && b->files;
}

static void batch_close(struct batch *b)
{
	for (size_t i = 0; b->drawn && i < b->wanted_len; i++) {
		sheet_close(&b->drawn[i].sheet);
		mem_wipe(&b->drawn[i], sizeof(b->drawn[i]));
	}
	sheet_close(&b->notice_sheet);
	buf_free(&b->notice_text);
	free(b->drawn);
	free(b->documents);
	free(b->files);
	free(b->wanted);
}

static tanu_status batch_read(struct batch *b, tanu_error *err)
{
	const struct args *args = &b->run->args;
	tanu_status st;

	b->out = args_get(args, "out");
	b->folder = os_is_dir(b->out);
	if (!batch_room(b))
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	if ((st = purposes_option(&b->purposes, args, err)) < 0 ||
	    (st = args_date(&b->until, args, "until", err)) < 0 ||
	    (st = run_site(b->run, err)) < 0 ||
	    (st = notice_option(b->run, &b->notice, &b->notice_text, err)) < 0 ||
	    (st = giver_parse(b->run, &b->giver, &b->guardian, err)) < 0 ||
	    (st = want_all(b, err)) < 0)
		return st;
	form_put_notice(&b->notice_sheet, b->notice.text, b->notice.text_len);
	if (!drawn_room(b) || b->notice_sheet.failed)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	return TANU_OK;
}

static tanu_status consent_form(struct run *run, tanu_error *err)
{
	struct batch b = {.run = run};
	tanu_status st;

	if ((st = batch_read(&b, err)) < 0 || (st = plan_all(&b, err)) < 0)
		goto out;
	if (b.len == 0) {
		run->keep_answer = true;
		st = tanu_fail(err, TANU_ERR_CONSENT_RULE, NULL, "nobody of them can be asked now");
		goto out;
	}
	if ((st = files_write(&b, err)) < 0 || (st = record(&b, err)) < 0)
		files_remove(&b);
	else
		answer(&b);
out:
	batch_close(&b);
	return st;
}

const struct verb verb_consent_form = {
    .group = "consent",
    .action = "form",
    .flags = VERB_SITE,
    .brief = "Print forms to be signed by hand",
    .about =
	"Writes a PDF with a form for each person: the notice, what is asked and of whom, a yes "
	"and "
	"a no for each purpose, place for signatures, and on every page a code that names the form "
	"and nobody's name. Each form is a request in the ledger: it ends after "
	"consent.request_days, and gives way to an answer, or to a newer form.\n\n"
	"Without --by an adult signs herself, and for a minor the guardian who is registered; of "
	"several say which one, with --by guardian --guardian, or in the column \"guardian\" of a "
	"list. From consent.assent_years of age on there is a place for the child's own "
	"signature.\n\n"
	"Where --out names a folder each form goes into a file of its own, named by its code: for "
	"people who sign electronically.\n\n"
	"Of several people those who can't be asked are told, and the others get their forms; the "
	"exit code is then that of the gravest refusal.",
    .example = "tanu consent form 3f9a41c2 --purpose access,attendance --until 2027-06-30 "
	       "--language kk --out form.pdf",
    .operands = {{"SUBJECT", VALUE_WORD, 0, 0,
		  "People: ids, at least their first 6 digits, or exact names"}},
    .options = {{"purpose", VALUE_WORD, "PURPOSE[,...]", NULL, false,
		 "One or more of access, attendance, visit, identity, calibration"},
		{"until", VALUE_WORD, "DATE", NULL, true, "The last day on which it is to hold"},
		{"out", VALUE_FILE, "FILE", NULL, true, "The PDF; or a folder, for one file each"},
		{"from", VALUE_FILE, "FILE", NULL, false,
		 "The people in this CSV file, column \"subject\", perhaps \"guardian\""},
		{"all-requested", VALUE_NONE, NULL, NULL, false,
		 "Everybody who was asked (\"consent request\") and has no form yet"},
		{"by", VALUE_CHOICE, "WHO", "self guardian", false, "Who is to sign"},
		OPTION_GUARDIAN,
		OPTION_NOTICE,
		OPTION_LANGUAGE},
    .fields = {{"forms[].form", "code of the form, as printed"},
	       {"forms[].subject", "the person's id"},
	       {"forms[].purposes", "what is asked for, array of words"},
	       {"forms[].by", "who is to sign: self or guardian"},
	       {"forms[].guardian", "the guardian's id, or null"},
	       {"forms[].assent", "true: the child is asked to sign too"},
	       {"forms[].pages", "how many pages it has"},
	       {"forms[].due_ms", "it counts until then, Unix milliseconds, UTC"},
	       {"forms[].file", "where it is"},
	       {"refused[].subject", "who gets no form"},
	       {"refused[].code", "error code"},
	       {"refused[].message", "why, in words"},
	       NOTICE_FIELDS},
    .run = consent_form,
};
