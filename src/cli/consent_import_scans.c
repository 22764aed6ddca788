/* SPDX-License-Identifier: Apache-2.0 */
/* Signed forms that come back: sorted by their codes, told, and recorded as somebody says. */
#include "cli/scans.h"
#include "cli/verbs.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* ---- the answer ---- */

static void exit_raise(struct run *run, tanu_status st)
{
	if (tanu_exit_for(st) > run->exit)
		run->exit = tanu_exit_for(st);
}

static const char *pile_state(const struct pile *pile, tanu_error *why)
{
	if (pile->recorded)
		return "recorded";
	if (pile->failed.status < 0) {
		*why = pile->failed;
		return "refused";
	}
	return pile_is_ready(pile, why) ? "ready" : "not-ready";
}

static void say_pages(struct run *run, const struct pile *pile)
{
	if (pile->is_signed) {
		say(run, "    signed electronically: %s", pile->signature.result);
		say(run, *pile->signature.reason ? " (" : "");
		say_clean(run, pile->signature.reason);
		say(run, *pile->signature.reason ? ")" : "");
		say(run, "; signer: ");
		say_clean(run, *pile->signature.signer ? pile->signature.signer : "not told");
		say(run, "\n");
		return;
	}
	say(run, "    page");
	for (size_t i = 0; i < pile->pages_len; i++)
		say(run, " %d", pile->page[i].page);
	say(run, " of %d\n", pile->form.pages);
}

static void say_pile(struct run *run, const struct pile *pile, const char *state,
		     const tanu_error *why)
{
	char purposes[PURPOSES_WORDS_LEN], hex[ID_HEX_LEN];

	id_hex(hex, &pile->form.subject);
	say(run, "%s  %.8s  ", pile->form.code, hex);
	say_clean(run, pile->name);
	say(run, "\n    %s", state);
	if (pile->recorded && pile->yes)
		say(run, ": yes to %s", purposes_words(purposes, pile->yes));
	if (pile->recorded && pile->no)
		say(run, "%s no to %s", pile->yes ? "," : ":", purposes_words(purposes, pile->no));
	if (!pile->recorded && !*why->message)
		say(run, ": asks for %s, by %s%s", purposes_words(purposes, pile_waits(pile)),
		    tanu_giver_name(pile->form.giver), pile->form.assent ? " and the child" : "");
	say(run, *why->message ? ": " : "");
	say_clean(run, why->message);
	say(run, "\n");
	say_pages(run, pile);
}

static void jw_signature(struct json_w *w, const struct pile *pile)
{
	if (!pile->is_signed) {
		jw_null(w, "signature");
		return;
	}
	jw_object(w, "signature");
	jw_text(w, "result", pile->signature.result);
	jw_clean(w, "reason", pile->signature.reason);
	jw_clean(w, "signer", pile->signature.signer);
	jw_text(w, "serial", pile->signature.serial);
	jw_end_object(w);
}

static void jw_pile(struct run *run, const struct pile *pile, const char *state,
		    const tanu_error *why)
{
	struct json_w *w = &run->jw;

	jw_object(w, NULL);
	jw_text(w, "form", pile->form.code);
	jw_id(w, "subject", &pile->form.subject);
	jw_text(w, "state", state);
	jw_clean(w, "message", why->message);
	jw_purposes(w, "purposes", pile_waits(pile));
	jw_purposes(w, "yes", pile->recorded ? pile->yes : 0);
	jw_purposes(w, "no", pile->recorded ? pile->no : 0);
	jw_bool(w, "assent", pile->form.assent);
	jw_int(w, "pages", pile->form.pages);
	jw_array(w, "files");
	for (size_t i = 0; i < pile->pages_len; i++) {
		jw_object(w, NULL);
		jw_clean(w, "file", pile->page[i].path);
		jw_int(w, "page", pile->page[i].page);
		jw_end_object(w);
	}
	jw_end_array(w);
	jw_signature(w, pile);
	jw_end_object(w);
}

static size_t answer_piles(struct run *run, const struct scans *s, size_t *recorded)
{
	size_t waiting = 0;

	jw_array(&run->jw, "forms");
	for (size_t i = 0; i < s->piles_len; i++) {
		const struct pile *pile = &s->piles[i];
		tanu_error why = {0};
		const char *state;

		if (pile_is_empty(pile))
			continue;
		state = pile_state(pile, &why);
		say_pile(run, pile, state, &why);
		jw_pile(run, pile, state, &why);
		exit_raise(run, why.status);
		*recorded += pile->recorded;
		waiting += strcmp(state, "ready") == 0;
	}
	jw_end_array(&run->jw);
	return waiting;
}

static void answer_strays(struct run *run, const struct scans *s)
{
	jw_array(&run->jw, "refused");
	for (size_t i = 0; i < s->strays_len; i++) {
		const struct stray *stray = &s->strays[i];

		say_clean(run, stray->path);
		say(run, ": ");
		say_clean(run, stray->why.message);
		say(run, "\n");
		jw_object(&run->jw, NULL);
		jw_clean(&run->jw, "file", stray->path);
		jw_text(&run->jw, "code", tanu_error_name(stray->why.code));
		jw_clean(&run->jw, "message", stray->why.message);
		jw_end_object(&run->jw);
		if (stray->why.code != TANU_ERR_CONFLICT) /* seen twice is no trouble */
			exit_raise(run, stray->why.status);
	}
	jw_end_array(&run->jw);
}

static void answer(struct run *run, const struct scans *s, bool dry)
{
	size_t recorded = 0, waiting = answer_piles(run, s, &recorded);

	answer_strays(run, s);
	jw_int(&run->jw, "recorded", (int64_t)recorded);
	say(run, "%zu of %zu files belong to forms; recorded: %zu; waiting: %zu.\n",
	    s->files_len - s->strays_len, s->files_len, recorded, waiting);
	if (waiting && (dry || recorded == 0))
		say(run, "Next: --write-list FILE, fill in what is ticked, then --list FILE; or "
			 "--accept when every box is ticked yes and every signature there\n");
}

/* ---- the verb ---- */

/* Every form is ticked yes everywhere and signed by everybody: one word for all of them. */
static void accept_all(struct scans *s)
{
	tanu_error why = {0};

	for (size_t i = 0; i < s->piles_len; i++) {
		struct pile *pile = &s->piles[i];

		if (pile_is_empty(pile) || !pile_is_ready(pile, &why))
			continue;
		pile->yes = pile_waits(pile);
		pile->assent = true;
		pile->decided = true;
	}
}

static tanu_status options_check(const struct args *args, tanu_error *err)
{
	int ways = args_has(args, "accept") + args_has(args, "list") + args_has(args, "dry-run");

	if (ways > 1)
		return tanu_fail(err, TANU_ERR_USAGE, NULL,
				 "--accept, --list and --dry-run exclude each other");
	return TANU_OK;
}

static tanu_status decide(struct scans *s, const struct args *args, bool *dry, tanu_error *err)
{
	const char *list = args_get(args, "list");

	if (list)
		return scans_decide(s, list, err);
	if (args_has(args, "accept")) {
		accept_all(s);
		return TANU_OK;
	}
	*dry = true;
	if (args_has(args, "dry-run") || args_has(args, "write-list") || args->json ||
	    !isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
		return TANU_OK;
	*dry = false;
	return scans_ask(s, err);
}

static tanu_status import_scans(struct run *run, tanu_error *err)
{
	const struct args *args = &run->args;
	const char *proposal = args_get(args, "write-list");
	struct scans s = {.run = run};
	bool dry = false;
	tanu_status st;

	if ((st = options_check(args, err)) < 0 || (st = scans_read(&s, err)) < 0)
		goto out;
	run->keep_answer = true;
	if ((!proposal || (st = scans_propose(&s, proposal, err)) == TANU_OK) &&
	    (st = decide(&s, args, &dry, err)) == TANU_OK && !dry)
		st = scans_record(&s, args_has(args, "keep"), err);
	answer(run, &s, dry);
out:
	scans_close(&s);
	return st;
}

const struct verb verb_consent_import_scans = {
    .group = "consent",
    .action = "import-scans",
    .flags = VERB_SITE,
    .brief = "Take back signed forms, matched by their codes",
    .about =
	"Reads the pictures in a folder (JPEG, PNG; one page each, turned any way), finds out of "
	"which form each is by the code on it, and tells: what each form asks, which pages are "
	"there, files that are seen twice, that show no code, or that are of no form here. A PDF "
	"is "
	"not read: scan to pictures.\n\n"
	"A program does not read ticks. Somebody looks at the forms and says what is ticked: at "
	"the "
	"terminal, form by form; or in a list, which --write-list makes and --list takes, with the "
	"columns code, yes, no, assent; or, when every form is ticked yes for all that it asks and "
	"signed by everybody it asks, with --accept. Until then nothing is recorded. A no is "
	"recorded as a refusal.\n\n"
	"With each consent stands the SHA-256 of every page, under which the public log commits to "
	"it; the pages stay with you, or with --keep are kept here too, sealed under the person's "
	"key.\n\n"
	"A form that was written into a file of its own may be signed electronically: FORM.pdf "
	"with "
	"FORM.pdf.p7s or FORM.p7s beside it (.sig and .cms too). What came of the check stands in "
	"the record; a signature that does not fit is refused.\n\n"
	"The exit code is that of the gravest trouble; what has none is recorded all the same.",
    .example = "tanu consent import-scans scans --write-list forms.csv",
    .operands = {{"PATH", VALUE_FILE, 1, 0, "Folders (not those in them) and files"}},
    .options = {{"dry-run", VALUE_NONE, NULL, NULL, false, "Only tell"},
		{"write-list", VALUE_FILE, "FILE", NULL, false,
		 "A CSV file to fill in, one row for each form that can be recorded"},
		{"list", VALUE_FILE, "FILE", NULL, false,
		 "Record what this CSV file says: code, yes, no, assent; \"all\" is all it asks"},
		{"accept", VALUE_NONE, NULL, NULL, false,
		 "Every form here is ticked yes for all that it asks, and fully signed"},
		{"keep", VALUE_NONE, NULL, NULL, false, "Keep the pages too, sealed"},
		OPTION_CHECKED_ELSEWHERE},
    .fields = {{"forms[].form", "code of the form"},
	       {"forms[].subject", "the person's id"},
	       {"forms[].state", "ready, not-ready, recorded or refused"},
	       {"forms[].message", "why not, in words, or empty"},
	       {"forms[].purposes", "what it still asks for, array of words"},
	       {"forms[].yes", "what was recorded as given, array of words"},
	       {"forms[].no", "what was recorded as refused, array of words"},
	       {"forms[].assent", "true: it asks for the child's signature too"},
	       {"forms[].pages", "how many pages the form has"},
	       {"forms[].files[].file", "a file of this form"},
	       {"forms[].files[].page", "which page it shows; 0: it is the whole document"},
	       {"forms[].signature", "null, or of an electronic signature:"},
	       {"forms[].signature.result", "valid, untrusted, false, unsupported, not-checked"},
	       {"forms[].signature.reason", "why not valid, in words"},
	       {"forms[].signature.signer", "subject of the signer's certificate"},
	       {"forms[].signature.serial", "its serial number, hexadecimal"},
	       {"refused[].file", "a file that is of no use"},
	       {"refused[].code", "error code"},
	       {"refused[].message", "why, in words"},
	       {"recorded", "how many forms were recorded"}},
    .run = import_scans,
};
