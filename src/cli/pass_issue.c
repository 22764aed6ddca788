/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Passes on paper. What can fail without a pass (files that are there, letters that no font has) is
 * tried before one is issued.
 */
#include "cli/pass.h"
#include "cli/run.h"
#include "cli/verbs.h"
#include "print/print.h"

#include <stdio.h>
#include <string.h>

enum paper { PAPER_PDF, PAPER_PNG, PAPER_NFC };

struct sheet {
	char path[2 * PASSES_AT_ONCE + 1][OS_PATH_MAX]; /* what is written */
	enum paper paper[2 * PASSES_AT_ONCE + 1];
	size_t of[2 * PASSES_AT_ONCE + 1]; /* which pass */
	size_t files;
	struct person person;
	char site[128], until[PASSES_AT_ONCE][DATE_TEXT_LEN];
	char number[PASSES_AT_ONCE][PASS_NUMBER_TEXT_LEN];
	struct buf code[PASSES_AT_ONCE];
	struct print_card card[PASSES_AT_ONCE];
	size_t len;
};

/* ---- what is written where ---- */

static tanu_status file_add(struct sheet *s, enum paper paper, size_t of, const char *base,
			    size_t base_len, const char *end, tanu_error *err)
{
	char *path = s->path[s->files];
	int len = snprintf(path, OS_PATH_MAX, "%.*s%s", (int)base_len, base, end);

	if (len < 0 || len >= OS_PATH_MAX)
		return tanu_fail(err, TANU_ERR_PATH_TOO_LONG, base, "this path is too long");
	if (os_exists(path))
		return tanu_fail(err, TANU_ERR_CONFLICT, path,
				 "there is a file of this name already; choose another");
	s->paper[s->files] = paper;
	s->of[s->files++] = of;
	return TANU_OK;
}

static tanu_status files_plan(struct sheet *s, const struct args *args, tanu_error *err)
{
	const char *out = args_get(args, "out"), *nfc = args_get(args, "nfc");
	size_t len = strlen(out), stem = len > 4 && !strcmp(out + len - 4, ".pdf") ? len - 4 : len;
	tanu_status st = file_add(s, PAPER_PDF, 0, out, len, "", err);

	for (size_t i = 0; i < s->len && st == TANU_OK && args_has(args, "png"); i++)
		st = file_add(s, PAPER_PNG, i, out, stem, i ? "-spare.png" : ".png", err);
	for (size_t i = 0; i < s->len && st == TANU_OK && nfc; i++)
		st = file_add(s, PAPER_NFC, i, nfc, strlen(nfc), i ? ".spare" : "", err);
	return st;
}

/* ---- cards ---- */

static void card_fill(struct sheet *s, size_t i, const struct pass_view *v, const char *language)
{
	date_text(s->until[i], v->until);
	pass_number_text(s->number[i], v->number);
	s->card[i] = (struct print_card){.name = s->person.name,
					 .site = s->site,
					 .until = s->until[i],
					 .number = s->number[i],
					 .language = language,
					 .spare = i > 0,
					 .code = s->code[i].data,
					 .code_len = s->code[i].len};
}

/* With a code of zeros: can it be printed at all? */
static tanu_status sheet_try(struct sheet *s, const char *language, tanu_error *err)
{
	static const struct pass nothing;
	const struct pass_view view = {.until = {2000, 1, 1}};
	struct buf pdf = {0};
	tanu_status st;

	for (size_t i = 0; i < s->len; i++) {
		pass_put(&s->code[i], &nothing);
		card_fill(s, i, &view, language);
	}
	st = print_cards(&pdf, s->card, s->len, err);
	for (size_t i = 0; i < s->len; i++)
		buf_free(&s->code[i]);
	buf_free(&pdf);
	return st;
}

static tanu_status paper_write(const struct sheet *s, size_t file, const struct pass_issued *issued,
			       tanu_error *err)
{
	struct buf bytes = {0};
	tanu_status st = TANU_OK;

	switch (s->paper[file]) {
	case PAPER_PDF:
		st = print_cards(&bytes, s->card, s->len, err);
		break;
	case PAPER_PNG:
		st = print_card_png(&bytes, &s->card[s->of[file]], err);
		break;
	case PAPER_NFC:
		pass_put_ndef(&bytes, &issued->pass[s->of[file]]);
		st = buf_check(&bytes, err);
		break;
	}
	if (st == TANU_OK)
		st = os_replace_file(s->path[file], bytes.data, bytes.len, 0600, err);
	buf_wipe(&bytes);
	return st;
}

static tanu_status papers_write(struct sheet *s, const struct pass_issued *issued,
				const char *language, tanu_error *err)
{
	tanu_status st = TANU_OK;

	for (size_t i = 0; i < issued->len; i++) {
		pass_put(&s->code[i], &issued->pass[i]);
		card_fill(s, i, &issued->view[i], language);
	}
	for (size_t i = 0; i < s->files && st == TANU_OK; i++)
		st = paper_write(s, i, issued, err);
	for (size_t i = 0; i < issued->len; i++)
		buf_wipe(&s->code[i]);
	return st;
}

/* ---- the answer ---- */

static void answer(struct run *run, const struct sheet *s, const struct pass_issued *issued,
		   const tanu_id *id)
{
	struct json_w *w = &run->jw;

	jw_id(w, "subject", id);
	jw_int(w, "used", (int64_t)issued->enrolled.used);
	jw_float(w, "quality", issued->enrolled.quality);
	jw_int(w, "replaced", (int64_t)issued->replaced);
	jw_array(w, "passes");
	for (size_t i = 0; i < issued->len; i++)
		answer_pass(run, &issued->view[i]);
	jw_end_array(w);
	jw_array(w, "files");
	for (size_t i = 0; i < s->files; i++) {
		say(run, "  written to ");
		say_clean(run, s->path[i]);
		say(run, "\n");
		jw_clean(w, NULL, s->path[i]);
	}
	jw_end_array(w);
	if (issued->replaced)
		say(run, "Revoked: %zu earlier pass%s.\n", issued->replaced,
		    issued->replaced == 1 ? "" : "es");
	say(run, "The site keeps no reference, only the keys. Print the sheet, then delete the "
		 "files.\n");
}

static tanu_status person_read(struct run *run, struct sheet *s, tanu_id *id, tanu_error *err)
{
	struct subject_view view = {0};
	tanu_status st;

	if ((st = run_subject(run, id, err)) < 0 ||
	    (st = service_subject_get(run->service, &view, id, err)) < 0)
		return st;
	s->person = view.person;
	snprintf(s->site, sizeof(s->site), "%s",
		 settings_text(service_setting_values(run->service), "site.name"));
	return TANU_OK;
}

static tanu_status issue(struct run *run, struct sheet *s, struct pass_issued *issued,
			 tanu_error *err)
{
	const char *const *photos = (const char *const *)run->args.operands + 1;
	const char *language = args_get(&run->args, "language");
	tanu_id id;
	tanu_status st;

	if ((st = photo_paths_check(run->args.operands + 1, run->args.operands_len - 1, err)) < 0 ||
	    (st = files_plan(s, &run->args, err)) < 0 || (st = person_read(run, s, &id, err)) < 0 ||
	    (st = sheet_try(s, language, err)) < 0)
		return st;
	st = service_pass_issue(run->service, issued, &id, photos, run->args.operands_len - 1,
				s->len > 1, err);
	answer_samples(run, &issued->enrolled, photos);
	if (st < 0) {
		run->keep_answer = true;
		return st;
	}
	if ((st = papers_write(s, issued, language, err)) < 0)
		return st;
	answer(run, s, issued, &id);
	return TANU_OK;
}

static tanu_status pass_issue(struct run *run, tanu_error *err)
{
	struct sheet s = {.len = args_has(&run->args, "spare") ? 2 : 1};
	struct pass_issued issued = {0};
	tanu_status st = issue(run, &s, &issued, err);

	mem_wipe(&issued, sizeof(issued));
	mem_wipe(&s, sizeof(s));
	return st;
}

const struct verb verb_pass_issue = {
    .group = "pass",
    .action = "issue",
    .flags = VERB_SITE,
    .brief = "Enrol a person onto a pass that she takes away",
    .about =
	"For a site that stores no references (storage.mode = pass). Computes one reference from "
	"up to 16 photographs of one person, as \"tanu enrol\" does, and seals it onto a pass: a "
	"card with a QR code, to be printed, or the bytes for an NFC card. The site keeps only the "
	"key that opens it. With --spare there is a second card, which has a key of its own.\n\n"
	"A pass holds until the consent that lasts longest ends. Earlier passes of the person are "
	"revoked. Whoever finds or copies a pass can do nothing with it but show it together with "
	"her face; after \"tanu pass revoke\", or when she withdraws, no copy opens.\n\n"
	"The files hold what the site is not to keep: print, hand over, delete. Written with mode "
	"0600; a file that is there is not replaced.",
    .example = "tanu pass issue 3f9a41c2 may.jpg june.jpg --out pass.pdf --spare --language kk",
    .operands = {OPERAND_SUBJECT,
		 {"PHOTO", VALUE_FILE, 1, 0,
		  "Photographs of this person; \"-\" is standard input"}},
    .options = {{"out", VALUE_FILE, "FILE", NULL, true, "The sheet to print, a PDF"},
		{"png", VALUE_NONE, NULL, NULL, false,
		 "The front of each card as a picture too: FILE.png, FILE-spare.png"},
		{"nfc", VALUE_FILE, "FILE", NULL, false,
		 "The same for an NFC card, as an NDEF message; that of the spare in FILE.spare"},
		{"spare", VALUE_NONE, NULL, NULL, false, "A second card, with a key of its own"},
		{"language", VALUE_CHOICE, "LANGUAGE", "kk ru en", false,
		 "Of the words on the front: kk, ru or en (default); the back has all three"}},
    .fields = {{"subject", "the person's id"},
	       {"used", "how many photographs went into it"},
	       {"quality", "quality of the reference, 0 to 1"},
	       {"replaced", "how many earlier passes were revoked"},
	       PASS_FIELDS,
	       {"files[]", "what was written"},
	       SAMPLE_FIELDS},
    .run = pass_issue,
};
