/* SPDX-License-Identifier: Apache-2.0 */
/* How a consent form is laid out: the notice, then one page to tick and sign. */
#include "form/words.h"

#include <stdio.h>
#include <string.h>

#define HEADING_MAX 120 /* bytes; a longer first line is a text like any other */

/* ---- the notice ---- */

static const char *line_end(const char *at, const char *end)
{
	const char *stop = memchr(at, '\n', (size_t)(end - at));

	return stop ? stop : end;
}

/* Length of the "[door] " of a notice with pictures, which paper does without. */
static size_t mark_len(const char *line, size_t len)
{
	const char *stop = len && line[0] == '[' ? memchr(line, ']', len) : NULL;

	return stop && (size_t)(stop - line) + 1 < len && stop[1] == ' ' ? (size_t)(stop - line) + 2
									 : 0;
}

static void put_line(struct sheet *sheet, enum print_kind kind, const char *line, size_t len)
{
	struct buf raw = {0}, text = {0};
	size_t mark = mark_len(line, len);

	if (mark)
		kind = PRINT_TEXT;
	buf_put(&raw, line + mark, len - mark);
	utf8_put_clean(&text, buf_cstr(&raw));
	buf_free(&raw);
	sheet_put(sheet, kind, &text);
}

/* The first line is the title; the first of several after an empty one is a heading. */
void form_put_notice(struct sheet *sheet, const char *text, size_t text_len)
{
	const char *end = text + text_len;
	bool first = true, after_empty = false;

	for (const char *at = text; at < end; at = line_end(at, end) + 1) {
		const char *stop = line_end(at, end);
		size_t len = (size_t)(stop - at);
		bool more = stop + 1 < end && stop[1] != '\n';

		if (len > 0)
			put_line(sheet,
				 first					    ? PRINT_TITLE
				 : after_empty && more && len < HEADING_MAX ? PRINT_HEADING
									    : PRINT_TEXT,
				 at, len);
		after_empty = len == 0;
		first = first && len == 0;
	}
}

/* ---- the page to sign ---- */

static void put_field(struct sheet *sheet, const char *label, struct buf *text)
{
	sheet_put(sheet, PRINT_FIELD, text)->label = label;
}

static void put_dated(struct sheet *sheet, const char *label, const char *format, tanu_date date)
{
	const char *gap = strstr(format, "%s");
	char day[DATE_TEXT_LEN];
	struct buf text = {0};

	buf_put(&text, format, (size_t)(gap - format));
	buf_str(&text, date_text(day, date));
	buf_str(&text, gap + 2);
	put_field(sheet, label, &text);
}

static void put_operator(struct sheet *sheet, const struct form_words *w,
			 const struct settings *settings)
{
	static const char *const more[] = {"site.address", "site.phone", "site.email"};
	const char *site = settings_text(settings, "site.name");
	const char *who = settings_text(settings, "site.operator");
	struct buf text = {0};

	utf8_put_clean(&text, *who ? who : site);
	if (*who && strcmp(who, site) != 0) {
		buf_str(&text, "\n");
		utf8_put_clean(&text, site);
	}
	for (size_t i = 0; i < ARRAY_LEN(more); i++) {
		const char *value = settings_text(settings, more[i]);

		if (!*value)
			continue;
		buf_str(&text, i ? ", " : "\n");
		utf8_put_clean(&text, value);
	}
	put_field(sheet, w->controller, &text);
}

static void put_signer(struct sheet *sheet, const struct form_words *w,
		       const struct form_page *page)
{
	const char *name = strstr(w->guardian, "%s"), *relation = strstr(name + 2, "%s");
	struct buf text = {0};

	if (page->form->giver != TANU_GIVER_GUARDIAN) {
		buf_str(&text, w->self);
	} else {
		buf_put(&text, w->guardian, (size_t)(name - w->guardian));
		utf8_put_clean(&text, page->guardian.name);
		buf_put(&text, name + 2, (size_t)(relation - name - 2));
		utf8_put_clean(&text, page->relation);
		buf_str(&text, relation + 2);
	}
	put_field(sheet, w->signer, &text);
}

/* "access 12 months, visit 36 months, after the end of their quarter" */
static void put_kept(struct sheet *sheet, const struct form_words *w, const struct form_view *form)
{
	const char *gap = strstr(w->months, "%d");
	struct buf text = {0};

	for (unsigned bit = 0; bit < PURPOSES_BITS; bit++)
		if (form->purposes & 1U << bit)
			buf_printf(&text, "%s %.*s%d%s, ", w->word[bit], (int)(gap - w->months),
				   w->months, (int)form->months[bit], gap + 2);
	buf_str(&text, w->kept_text);
	put_field(sheet, w->kept, &text);
}

static void put_head(struct sheet *sheet, const struct form_words *w, struct service *s,
		     const struct form_page *page)
{
	bool on_pass = service_storage(s) == STORAGE_PASS;
	const struct form_view *form = page->form;
	char born[DATE_TEXT_LEN];
	struct buf text = {0};

	sheet_put_words(sheet, PRINT_TITLE, w->title);
	put_operator(sheet, w, service_setting_values(s));
	utf8_put_clean(&text, page->person.name);
	put_field(sheet, w->person, &text);
	buf_str(&text, date_text(born, page->person.born));
	put_field(sheet, w->born, &text);
	put_signer(sheet, w, page);
	put_dated(sheet, w->until, w->until_text, form->until);
	put_dated(sheet, w->due, w->due_text, date_from_ms(form->due_ms));
	buf_str(&text, on_pass ? w->on_pass : w->kept_here);
	put_field(sheet, w->storage, &text);
	put_kept(sheet, w, form);
	utf8_put_clean(&text, form->version);
	put_field(sheet, w->notice, &text);
}

static void put_purposes(struct sheet *sheet, const struct form_words *w,
			 const struct form_view *form)
{
	sheet_put_words(sheet, PRINT_HEADING, w->choose);
	for (unsigned bit = 0; bit < PURPOSES_BITS; bit++) {
		struct print_block *block;

		if (!(form->purposes & 1U << bit))
			continue;
		block = sheet_put_words(sheet, PRINT_CHOICE, w->purpose[bit]);
		block->yes = w->yes;
		block->no = w->no;
	}
}

/* Where the law wants to know who signs: 152-FZ (Russia), art. 9(4). */
static bool asks_document(struct service *s)
{
	const struct settings *settings = service_setting_values(s);

	return strcmp(settings_text(settings, "site.profile"), "ru") == 0;
}

void form_put(struct sheet *sheet, const struct sheet *notice, struct service *s,
	      const struct form_page *page)
{
	const struct form_words *w = form_words(page->form->language);
	const struct form_view *form = page->form;

	for (size_t i = 0; i < notice->len && sheet->len < sheet->max; i++)
		sheet->blocks[sheet->len++] = notice->blocks[i];
	sheet_put_words(sheet, PRINT_SHEET, NULL);
	put_head(sheet, w, s, page);
	put_purposes(sheet, w, form);
	sheet_put_words(sheet, PRINT_TEXT, w->statement);
	if (asks_document(s))
		sheet_put_words(sheet, PRINT_SIGN, w->document);
	sheet_put_words(sheet, PRINT_SIGN, w->sign);
	if (form->assent)
		sheet_put_words(sheet, PRINT_SIGN, w->child_sign);
}

void form_document(struct print_document *out, struct sheet *sheet, const struct form_view *form)
{
	const struct form_words *w = form_words(form->language);
	const char *gap = strstr(w->code, "%s");
	char link[FORM_LINK_LEN];
	struct buf text = {0};

	service_form_link(link, form->code, 1, 1);
	*strrchr(link, ':') = '\0';
	buf_printf(&text, "%s:", link);
	*out = (struct print_document){.title = w->title,
				       .language = w->language,
				       .footer = form->version,
				       .blocks = sheet->blocks,
				       .blocks_len = sheet->len,
				       .page_code = sheet_keep(sheet, &text)};
	buf_printf(&text, "%.*s%s%s\n%s", (int)(gap - w->code), w->code, form->code, gap + 2,
		   w->pages);
	out->page_words = sheet_keep(sheet, &text);
}

/* ---- one by itself ---- */

struct signer {
	const tanu_id *which;
	struct form_page *page;
};

static tanu_status note_signer(void *self, const struct guardian_view *v, tanu_error *err)
{
	struct signer *signer = self;

	(void)err;
	if (v->may_speak && id_equal(signer->which, &v->guardian))
		memcpy(signer->page->relation, v->relation, sizeof(signer->page->relation));
	return TANU_OK;
}

tanu_status form_page_fill(struct form_page *out, struct service *s, const struct form_view *form,
			   tanu_error *err)
{
	struct signer signer = {.which = &form->guardian, .page = out};
	struct subject_view view = {0};
	tanu_status st;

	*out = (struct form_page){.form = form};
	if ((st = service_subject_get(s, &view, &form->subject, err)) < 0)
		goto out;
	out->person = view.person;
	if (form->giver != TANU_GIVER_GUARDIAN)
		goto out;
	if ((st = service_subject_get(s, &view, &form->guardian, err)) == TANU_OK) {
		out->guardian = view.person;
		st = service_guardian_each(s, &form->subject, note_signer, &signer, err);
	}
out:
	mem_wipe(&view, sizeof(view));
	return st;
}

tanu_status form_print(struct buf *pdf, struct service *s, struct form_view *form,
		       const struct notice *notice, tanu_error *err)
{
	struct form_page page = {.form = NULL};
	struct sheet text, sheet;
	struct print_document document;
	tanu_status st;

	sheet_open(&text, FORM_NOTICE_BLOCKS_MAX);
	sheet_open(&sheet, FORM_BLOCKS_MAX);
	if ((st = form_page_fill(&page, s, form, err)) == TANU_OK && !text.failed &&
	    !sheet.failed) {
		form_put_notice(&text, notice->text, notice->text_len);
		form_put(&sheet, &text, s, &page);
		form_document(&document, &sheet, form);
	}
	if (st == TANU_OK && (text.failed || sheet.failed))
		st = tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory for the form");
	if (st == TANU_OK &&
	    (st = print_documents(pdf, &document, 1, &form->pages, NULL, err)) == TANU_OK)
		service_sha256(form->pdf_sha256, pdf);
	sheet_close(&text);
	sheet_close(&sheet);
	mem_wipe(&page, sizeof(page));
	return st;
}
