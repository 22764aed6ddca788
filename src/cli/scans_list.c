/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was ticked. A program does not read ticks: somebody looks at the form and says so, in a list
 * that is given for all of them, or at the terminal, one by one.
 */
#include "cli/scans.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define CODE_LEAST 8 /* letters of a code in a list */
#define LINE_LEN   256

tanu_status purposes_typed(unsigned *out, unsigned all, const char *text, tanu_error *err)
{
	char words[LINE_LEN];
	size_t len = 0;

	*out = 0;
	for (; *text && len + 1 < sizeof(words); text++) /* spaces and semicolons part words too */
		if (!isspace((unsigned char)*text))
			words[len++] = *text == ';' ? ',' : (char)tolower((unsigned char)*text);
	words[len] = '\0';
	if (len == 0 || strcmp(words, "-") == 0)
		return TANU_OK;
	if (strcmp(words, "all") == 0)
		*out = all;
	else
		return tanu_purposes_parse(out, words, err);
	return TANU_OK;
}

/* ---- a list ---- */

struct list {
	struct scans *s;
	struct csv *csv;
	const char *path;
	int code, yes, no, assent; /* columns; -1: there is none */
};

static tanu_status row_failed(const struct list *list, const char *what, tanu_error *err)
{
	return tanu_fail(err, TANU_ERR_CSV, list->path, "row %zu: %s", csv_row(list->csv), what);
}

static tanu_status pile_find(const struct list *list, struct pile **out, tanu_error *err)
{
	const struct scans *s = list->s;
	char code[FORM_CODE_TEXT_LEN];
	size_t len = 0, found = 0;

	if (!service_form_code_tidy(code, &len, csv_field(list->csv, list->code)) ||
	    len < CODE_LEAST)
		return row_failed(list, "this is not the code of a form, nor its first 8 letters",
				  err);
	for (size_t i = 0; i < s->piles_len; i++)
		if (strncmp(s->piles[i].form.code, code, strlen(code)) == 0 &&
		    !pile_is_empty(&s->piles[i])) {
			*out = &s->piles[i];
			found++;
		}
	if (found == 1)
		return TANU_OK;
	return row_failed(list,
			  found ? "several forms begin so: give more letters"
				: "there is no scan of this form here",
			  err);
}

static bool is_word(const char *text, const char *const *words, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (strcasecmp(text, words[i]) == 0)
			return true;
	return false;
}

static bool says_yes(const char *text)
{
	static const char *const words[] = {"yes", "y", "1", "true", "x", "да", "иә"};

	return is_word(text, words, ARRAY_LEN(words));
}

static bool says_no(const char *text)
{
	static const char *const words[] = {"no", "n", "0", "false", "-", "нет", "жоқ"};

	return is_word(text, words, ARRAY_LEN(words));
}

static tanu_status take_row(const struct list *list, tanu_error *err)
{
	struct pile *pile = NULL;
	unsigned yes = 0, no = 0;
	tanu_error why = {0};
	tanu_status st = pile_find(list, &pile, err);

	if (st < 0 || !pile)
		return st;
	if (purposes_typed(&yes, pile_waits(pile), csv_field(list->csv, list->yes), &why) < 0 ||
	    purposes_typed(&no, pile_waits(pile) & ~yes, csv_field(list->csv, list->no), &why) < 0)
		return row_failed(list, why.message, err);
	if (pile->decided)
		return row_failed(list, "this form stands in the list already", err);
	pile->yes = yes;
	pile->no = no;
	pile->assent = says_yes(csv_field(list->csv, list->assent));
	pile->decided = (yes | no) != 0; /* an empty row says nothing */
	return TANU_OK;
}

static tanu_status list_open(struct list *list, tanu_error *err)
{
	struct buf text = {0};
	tanu_status st = os_read_file(&text, list->path, CSV_BYTES_MAX, err);

	if (st == TANU_OK)
		st = csv_open(&list->csv, text.data, text.len, list->path, err);
	buf_wipe(&text);
	if (st < 0)
		return st;
	list->code = csv_column(list->csv, "code");
	list->yes = csv_column(list->csv, "yes");
	list->no = csv_column(list->csv, "no");
	list->assent = csv_column(list->csv, "assent");
	if (list->code < 0 || list->yes < 0)
		return tanu_fail(err, TANU_ERR_CSV, list->path,
				 "the first row must name the columns \"code\" and \"yes\"; \"no\" "
				 "and \"assent\" may stand beside them");
	return TANU_OK;
}

tanu_status scans_decide(struct scans *s, const char *path, tanu_error *err)
{
	struct list list = {.s = s, .path = path};
	tanu_status st = list_open(&list, err);
	int got = 0;

	while (st == TANU_OK && (got = csv_next(list.csv, err)) > 0)
		st = take_row(&list, err);
	csv_close(&list.csv);
	return got < 0 ? (tanu_status)got : st;
}

/* ---- to be filled in ---- */

/* Quoted; what a spreadsheet would take for a formula begins with an apostrophe. */
static void put_field(struct buf *out, const char *text)
{
	buf_str(out, *text && strchr("=+-@\t", *text) ? "\"'" : "\"");
	for (; *text; text++) {
		if (*text == '"')
			buf_str(out, "\"");
		buf_put(out, text, 1);
	}
	buf_str(out, "\"");
}

static void put_row(struct buf *out, const struct pile *pile)
{
	char purposes[PURPOSES_WORDS_LEN];
	struct buf files = {0};

	put_field(out, pile->form.code);
	buf_str(out, ";");
	put_field(out, pile->name);
	buf_str(out, ";");
	put_field(out, purposes_words(purposes, pile_waits(pile)));
	buf_printf(out, ";;;%s;", pile->form.assent ? "" : "-");
	for (size_t i = 0; i < pile->pages_len; i++)
		buf_printf(&files, "%s%s", i ? ", " : "", pile->page[i].path);
	put_field(out, buf_cstr(&files));
	buf_str(out, "\n");
	buf_free(&files);
}

tanu_status scans_propose(struct scans *s, const char *path, tanu_error *err)
{
	struct buf out = {0};
	tanu_error why = {0};
	tanu_status st;

	/* As spreadsheets where Cyrillic is written open it without asking. */
	buf_str(&out, "\xEF\xBB\xBF"
		      "code;name;asked;yes;no;assent;files\n");
	for (size_t i = 0; i < s->piles_len; i++)
		if (!pile_is_empty(&s->piles[i]) && pile_is_ready(&s->piles[i], &why))
			put_row(&out, &s->piles[i]);
	if ((st = buf_check(&out, err)) == TANU_OK)
		st = os_replace_file(path, out.data, out.len, 0600, err);
	buf_wipe(&out);
	return st;
}

/* ---- at a terminal ---- */

/* False: nothing more is said. */
static bool line_read(char line[LINE_LEN], const char *prompt)
{
	fputs(prompt, stderr);
	fflush(stderr);
	if (!fgets(line, LINE_LEN, stdin))
		return false;
	line[strcspn(line, "\r\n")] = '\0';
	return true;
}

static void prompt_head(const struct pile *pile)
{
	char purposes[PURPOSES_WORDS_LEN];
	struct buf text = {0};

	buf_printf(&text, "\n%s  ", pile->form.code);
	utf8_put_clean(&text, pile->name);
	buf_printf(&text, "\n  asks for: %s\n", purposes_words(purposes, pile_waits(pile)));
	for (size_t i = 0; i < pile->pages_len; i++) {
		buf_str(&text, "  ");
		utf8_put_clean(&text, pile->page[i].path);
		buf_str(&text, "\n");
	}
	fputs(buf_cstr(&text), stderr);
	buf_wipe(&text);
}

/* Asked again until it is understood. */
static bool purposes_ask(unsigned *out, unsigned all, const char *prompt)
{
	char line[LINE_LEN];
	tanu_error why;

	for (;;) {
		if (!line_read(line, prompt))
			return false;
		why = (tanu_error){0};
		if (purposes_typed(out, all, line, &why) == TANU_OK && !(*out & ~all))
			return true;
		fprintf(stderr, "  %s\n",
			*why.message ? why.message : "that is not asked for on this form");
	}
}

static bool assent_ask(struct pile *pile)
{
	char line[LINE_LEN];

	do
		if (!line_read(line, "  has the child signed too? (yes or no): "))
			return false;
	while (!says_yes(line) && !says_no(line));
	pile->assent = says_yes(line);
	return true;
}

static bool pile_ask(struct pile *pile)
{
	unsigned waits = pile_waits(pile), rest;

	prompt_head(pile);
	if (!purposes_ask(&pile->yes, waits, "  ticked yes (words, all, or nothing): "))
		return false;
	rest = waits & ~pile->yes;
	if (rest &&
	    !purposes_ask(&pile->no, rest, "  ticked no (words, all of the rest, or nothing): "))
		return false;
	if (pile->form.assent && pile->yes && !assent_ask(pile))
		return false;
	pile->decided = (pile->yes | pile->no) != 0;
	return true;
}

tanu_status scans_ask(struct scans *s, tanu_error *err)
{
	tanu_error why = {0};

	(void)err;
	fputs(
	    "Look at each form and say what is ticked. Enter twice passes one over, Ctrl-D ends.\n",
	    stderr);
	for (size_t i = 0; i < s->piles_len; i++)
		if (!pile_is_empty(&s->piles[i]) && pile_is_ready(&s->piles[i], &why) &&
		    !pile_ask(&s->piles[i]))
			break;
	return TANU_OK;
}
