/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/recovery.h"
#include "cli/verbs.h"

#include <string.h>

#define RECEIPT_MAX ((size_t)1 << 20)
#define LIST_MAX    ((size_t)64 << 10)

struct auditing {
	struct run *run;
	struct erase_audit_order order;
	struct buf look_for;
	struct holder_file holder;
	struct progress progress;
	uint64_t bytes;
};

/* ---- whom, and what is brought along ---- */

static tanu_status read_receipt(struct auditing *a, const char *path, tanu_error *err)
{
	struct buf bytes = {0};
	tanu_status st = os_read_file(&bytes, path, RECEIPT_MAX, err);

	if (st == TANU_OK && (st = service_erased_of_receipt(&a->order.subject, &a->order.face_only,
							     bytes.data, bytes.len, err)) < 0)
		error_prefix_place(err, path);
	buf_wipe(&bytes);
	return st;
}

/* The id is the first operand, unless a receipt says whose it is. */
static tanu_status find_subject(struct auditing *a, tanu_error *err)
{
	const struct args *args = &a->run->args;
	const char *receipt = args_get(args, "receipt");

	a->order.paths = (const char *const *)args->operands;
	a->order.paths_len = args->operands_len;
	if (receipt)
		return read_receipt(a, receipt, err);
	if (args->operands_len == 0 || !id_parse(&a->order.subject, args->operands[0]))
		return tanu_fail(err, TANU_ERR_USAGE, "SUBJECT-ID",
				 "the whole id of the person comes first, 32 digits, or --receipt "
				 "names the receipt of her erasure");
	a->order.paths++;
	a->order.paths_len--;
	a->order.face_only = args_has(args, "face");
	return TANU_OK;
}

static tanu_status bring(struct auditing *a, tanu_error *err)
{
	const struct args *args = &a->run->args;
	const char *list = args_get(args, "look-for"), *code = args_get(args, "recovery-key");
	tanu_status st;

	if (list && (st = os_read_file(&a->look_for, list, LIST_MAX, err)) < 0)
		return st;
	if (code && (st = holder_read(&a->holder, code, err)) < 0)
		return st;
	a->order.look_for = list ? buf_cstr(&a->look_for) : NULL;
	a->order.code = code ? a->holder.code : NULL;
	return buf_check(&a->look_for, err);
}

/* ---- the answer ---- */

static void step(void *self, uint64_t bytes)
{
	struct auditing *a = self;

	a->bytes += bytes;
	progress_step(&a->progress, (size_t)(a->bytes >> 20));
}

static void jw_parts(struct json_w *w, const char *key, const size_t parts[ERASED_PARTS])
{
	jw_object(w, key);
	for (int i = 0; i < ERASED_PARTS; i++)
		jw_int(w, erased_part_word((enum erased_part)i), (int64_t)parts[i]);
	jw_end_object(w);
}

static size_t sum(const size_t parts[ERASED_PARTS])
{
	size_t n = 0;

	for (int i = 0; i < ERASED_PARTS; i++)
		n += parts[i];
	return n;
}

/* "3 (face 1, history 2)" */
static void say_parts(struct run *run, const char *before, const size_t parts[ERASED_PARTS])
{
	const char *comma = "";

	if (sum(parts) == 0)
		return;
	say(run, "    %s%zu (", before, sum(parts));
	for (int i = 0; i < ERASED_PARTS; i++)
		if (parts[i] > 0) {
			say(run, "%s%s %zu", comma, erased_part_word((enum erased_part)i),
			    parts[i]);
			comma = ", ";
		}
	say(run, ")\n");
}

static const char *meaning(enum erase_verdict verdict)
{
	switch (verdict) {
	case ERASE_NOTHING:
		return "no trace of her";
	case ERASE_SHUT:
		return "traces, and nothing of them opens";
	case ERASE_OPENS:
		return "SHE OPENS HERE";
	case ERASE_UNKNOWN:
		return "not all of it could be looked at";
	}
	return "";
}

static enum tint tint_of(enum erase_verdict verdict)
{
	return verdict == ERASE_OPENS ? TINT_BAD : verdict == ERASE_UNKNOWN ? TINT_WARN : TINT_GOOD;
}

static void say_trouble(struct run *run, const char *before, const tanu_error *why)
{
	say(run, "    %s", before);
	if (*why->place) {
		say_clean(run, why->place);
		say(run, ": ");
	}
	say_clean(run, why->message);
	say(run, "\n");
}

static void say_place(struct run *run, const struct erase_audit_place *p)
{
	char bytes[THOUSANDS_LEN];

	say_tint(run, tint_of(p->verdict), erase_verdict_word(p->verdict));
	say(run, "  ");
	say_clean(run, p->path);
	say(run, "%s: %s\n", p->own ? " (the site)" : "", meaning(p->verdict));
	say(run,
	    "    looked at: databases %zu, key folders %zu, backups %zu, files %zu (%s bytes)\n",
	    p->databases, p->key_folders, p->backups, p->files, thousands(bytes, p->bytes));
	say_parts(run, "rows of hers: ", p->rows);
	say_parts(run, sum(p->keys) ? "of them open: " : "of them open with keys from elsewhere: ",
		  p->opened);
	say_parts(run, "keys of hers that stand: ", p->keys);
	if (p->unfinished > 0)
		say(run, "    an erasure was asked for and not finished\n");
	if (p->id_files > 0)
		say(run, "    her id stands in %zu files\n", p->id_files);
	if (p->text_files > 0)
		say(run, "    what was looked for stands readable in %zu files\n", p->text_files);
	if (p->keys_shut > 0)
		say_trouble(run, "keys that open nothing: ", &p->why_shut);
	if (p->trouble.status < 0)
		say_trouble(run, "not looked at: ", &p->trouble);
}

static tanu_status answer_place(void *self, const struct erase_audit_place *p, tanu_error *err)
{
	struct auditing *a = self;
	struct json_w *w = &a->run->jw;

	(void)err;
	say_place(a->run, p);
	jw_object(w, NULL);
	jw_clean(w, "path", p->path);
	jw_bool(w, "own", p->own);
	jw_text(w, "verdict", erase_verdict_word(p->verdict));
	jw_parts(w, "rows", p->rows);
	jw_parts(w, "opened", p->opened);
	jw_parts(w, "keys", p->keys);
	jw_int(w, "unfinished", (int64_t)p->unfinished);
	jw_int(w, "databases", (int64_t)p->databases);
	jw_int(w, "key_folders", (int64_t)p->key_folders);
	jw_int(w, "backups", (int64_t)p->backups);
	jw_int(w, "shut", (int64_t)p->keys_shut);
	jw_int(w, "files", (int64_t)p->files);
	jw_int(w, "bytes", (int64_t)p->bytes);
	jw_int(w, "id_files", (int64_t)p->id_files);
	jw_int(w, "text_files", (int64_t)p->text_files);
	if (p->trouble.status < 0)
		jw_clean(w, "trouble", p->trouble.message);
	else
		jw_null(w, "trouble");
	jw_end_object(w);
	return TANU_OK;
}

static tanu_status answer_all(struct run *run, enum erase_verdict verdict, tanu_error *err)
{
	jw_text(&run->jw, "verdict", erase_verdict_word(verdict));
	if (verdict == ERASE_UNKNOWN) {
		run->keep_answer = true;
		return tanu_fail(err, TANU_ERR_IO, NULL,
				 "nothing of her was seen to open, but not all could be looked at: "
				 "see above");
	}
	say_tint(run, tint_of(verdict),
		 verdict == ERASE_OPENS ? "Something of her opens; see above.\n"
					: "Nothing of her opens.\n");
	say(run, "This speaks of the places named and of no other: a copy that is kept elsewhere, "
		 "with its keys, is not seen.\n");
	run->exit = verdict == ERASE_OPENS ? TANU_EXIT_NO_MATCH : TANU_EXIT_YES;
	return TANU_OK;
}

static tanu_status open_site(void *self, struct service **out, tanu_error *err)
{
	struct auditing *a = self;
	tanu_status st = run_site_if_any(a->run, err);

	if (st == TANU_OK && !a->run->service && a->order.paths_len == 0)
		return tanu_fail(err, TANU_ERR_USAGE, NULL,
				 "there is no site here: name one with --data, or places to look "
				 "at");
	*out = a->run->service;
	return st;
}

static tanu_status audit(struct auditing *a, tanu_error *err)
{
	enum erase_verdict verdict = ERASE_UNKNOWN;
	struct run *run = a->run;
	tanu_status st;

	if ((st = find_subject(a, err)) < 0 || (st = bring(a, err)) < 0)
		return st;
	jw_id(&run->jw, "subject", &a->order.subject);
	jw_bool(&run->jw, "face_only", a->order.face_only);
	jw_array(&run->jw, "places");
	progress_start(&a->progress, "MiB", 0);
	st = service_erase_audit(&a->order, &verdict, err);
	progress_end(&a->progress);
	jw_end_array(&run->jw);
	return st < 0 ? st : answer_all(run, verdict, err);
}

static tanu_status erase_audit(struct run *run, tanu_error *err)
{
	struct auditing a = {.run = run};
	tanu_status st;

	a.order = (struct erase_audit_order){
	    .open_site = open_site, .each = answer_place, .progress = step, .self = &a};
	st = audit(&a, err);
	mem_wipe(&a.holder, sizeof(a.holder));
	buf_wipe(&a.look_for);
	return st;
}

const struct verb verb_erase_audit = {
    .group = "erase",
    .action = "audit",
    .flags = VERB_SITE,
    .brief = "Does anything of an erased person open anywhere?",
    .about =
	"Looks into the site, where there is one here, and into every place named: folders of "
	"other sites and copies of this one, backups, memory sticks, images of disks, temporary "
	"folders. Every database that it finds is held against all keys that it finds, for a thief "
	"has both; backups are opened with the recovery key (--recovery-key; \"-\" reads it from "
	"standard input); every file is searched for her id, and for the texts of --look-for, as "
	"they stand. Nothing is changed: databases are looked at as copies, which are removed "
	"again, keys are only read, and what opens is shown to nobody.\n\n"
	"Of each place it says: nothing, no trace of her; shut, rows or ids of hers and no key "
	"that opens them; opens; unknown, not all of it could be looked at. A copy of the whole "
	"folder from before the erasure opens where the root of the keys is in files, and this "
	"says so: point it at one to see that it finds what is there. An image of a disk is "
	"searched as bytes; mount it, read only, to have its databases and keys tried. Inside "
	"pictures, archives and encrypted files nothing is found.\n\n"
	"Exit code 0: nothing opens; 1: something does; 5: not all could be looked at.",
    .example = "tanu erase audit --receipt gone.tanu-receipt /mnt/old-disk backup.tanu-backup",
    .operands = {{"SUBJECT-ID|PATH", VALUE_FILE, 0, 0,
		  "The person's whole id, unless --receipt names her; then places to look at"}},
    .options = {{"receipt", VALUE_FILE, "FILE", NULL, false,
		 "The receipt of the erasure says whose it was, and of what"},
		{"face", VALUE_NONE, NULL, NULL, false,
		 "Only the face was erased: name, consents and history may open"},
		{"look-for", VALUE_FILE, "FILE", NULL, false,
		 "Texts that must stand nowhere, one a line: names as they were written, numbers"},
		{"recovery-key", VALUE_FILE, "FILE", NULL, false,
		 "The holder's file, or one with the code that stands on paper"}},
    .fields = {{"subject", "the person's id"},
	       {"face_only", "true: only what is of the face was looked for"},
	       {"places[].path", "the place"},
	       {"places[].own", "true: the site that is open"},
	       {"places[].verdict", "nothing, shut, opens or unknown"},
	       {"places[].rows", "rows of hers: object of face, name, consents, history, papers"},
	       {"places[].opened", "of them, that some keys open; likewise"},
	       {"places[].keys", "keys of hers that stand there; likewise"},
	       {"places[].unfinished", "erasures that were asked for and not finished"},
	       {"places[].databases", "databases found"},
	       {"places[].key_folders", "key folders that open"},
	       {"places[].backups", "backups found"},
	       {"places[].shut", "key folders and backups that open nothing any more"},
	       {"places[].files", "files searched"},
	       {"places[].bytes", "bytes searched"},
	       {"places[].id_files", "files in which her id stands"},
	       {"places[].text_files", "files in which a text of --look-for stands"},
	       {"places[].trouble", "why not all could be looked at; null: it could"},
	       {"verdict", "the worst of all places"}},
    .run = erase_audit,
};
