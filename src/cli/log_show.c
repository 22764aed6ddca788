/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/log_source.h"
#include "cli/verbs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LAST_MAX    1e9
#define LAST_SHOWN  20
#define AT_ONCE	    256 /* entries read at a time, from the end backwards */
#define STATED_MORE 64

struct stated {
	uint64_t index;
	struct statement s;
};

struct show {
	struct run *run;
	const tanu_policy *policy;
	const char *origin;
	struct stated *v;
	size_t len, cap;
};

/* ---- one statement in words ---- */

static void say_numbers(struct run *run, const struct statement *s)
{
	if (s->type == STATEMENT_COUNTS)
		say(run, "%lld uses, %lld refusals, %lld embeddings, %lld permits",
		    (long long)s->uses, (long long)s->refusals, (long long)s->embeddings,
		    (long long)s->permits);
	else
		say(run, "%lld released, %lld sealed, %lld refused, %lld extended",
		    (long long)s->released, (long long)s->sealed, (long long)s->refused,
		    (long long)s->extended);
}

static void say_hex(struct run *run, const char *what, const uint8_t bytes[32])
{
	char hex[65];

	hex_encode(hex, bytes, 32);
	say(run, "%s %.16s...", what, hex);
}

static void say_counts(struct run *run, const struct statement *s)
{
	char day[DATE_TEXT_LEN];

	say(run, "%s: ", date_text(day, date_from_days(s->day)));
	say_numbers(run, s);
}

static void say_disclosures(struct run *run, const struct statement *s)
{
	say(run, "%04d-%02d: ", (int)(s->month / 12), (int)(s->month % 12) + 1);
	say_numbers(run, s);
}

static void say_breaches(struct run *run, const struct statement *s)
{
	say(run, "%04d-%02d  %lld breaches, found by %lld people in their history",
	    (int)(s->month / 12), (int)(s->month % 12) + 1, (long long)s->opened,
	    (long long)s->people);
}

static void say_lanes(struct run *run, const struct statement *s)
{
	say(run,
	    "%04d-%02d  with a face: %lld let in, %lld not, 99 of 100 within %.1f s; without: "
	    "%lld, "
	    "%lld, %.1f s",
	    (int)(s->month / 12), (int)(s->month % 12) + 1, (long long)s->face,
	    (long long)s->face_refused, (double)s->face_ms / 1000, (long long)s->other,
	    (long long)s->other_refused, (double)s->other_ms / 1000);
}

static void say_due(struct run *run, const struct statement *s)
{
	char due[MINUTE_TEXT_LEN];

	say_hex(run, "tag", s->tag);
	if (s->type != STATEMENT_DISCLOSURE_OPENED)
		say(run, ", due %s", minute_text(due, s->due_ms));
}

static void say_policy(struct run *run, const struct statement *s)
{
	say(run, "profile ");
	say_clean(run, s->profile);
	say(run, ", FMR %g, 1:N %s", (double)s->fmr_ppb / 1e9, s->identify ? "on" : "off");
	say_hex(run, ", settings", s->sha256);
}

static void say_key(struct run *run, const struct statement *s)
{
	say(run, "%s ", s->removed ? "removed" : "added");
	say_clean(run, s->key);
}

/* Whole: people compare it with the page that they have. */
static void say_page(struct run *run, const struct statement *s)
{
	char hex[65];

	hex_encode(hex, s->sha256, DIGEST_LEN);
	say(run, "SHA-256 %s", hex);
}

/* What is text in it, and a digest. */
static void say_plain(struct run *run, const struct statement *s)
{
	const char *texts[] = {s->site, s->version, s->language};
	static const uint8_t none[DIGEST_LEN];

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		say_clean(run, texts[i]);
		say(run, "%s", *texts[i] ? "  " : "");
	}
	if (memcmp(s->sha256, none, sizeof(none)) != 0)
		say_hex(run, "SHA-256", s->sha256);
	if (s->type == STATEMENT_DATABASE_RESTORED)
		say(run, "as it was with %lld entries", (long long)s->size);
}

static void say_statement(struct run *run, const struct statement *s)
{
	switch (s->type) {
	case STATEMENT_COUNTS:
		say_counts(run, s);
		break;
	case STATEMENT_DISCLOSURES:
		say_disclosures(run, s);
		break;
	case STATEMENT_BREACHES:
		say_breaches(run, s);
		break;
	case STATEMENT_DISCLOSURE_SEALED:
	case STATEMENT_DISCLOSURE_EXTENDED:
	case STATEMENT_DISCLOSURE_OPENED:
		say_due(run, s);
		break;
	case STATEMENT_POLICY:
		say_policy(run, s);
		break;
	case STATEMENT_LANES:
		say_lanes(run, s);
		break;
	case STATEMENT_APPROVER:
	case STATEMENT_GATE:
	case STATEMENT_WITNESS:
		say_key(run, s);
		break;
	case STATEMENT_VERIFIER:
		say_page(run, s);
		break;
	default:
		say_plain(run, s);
		break;
	}
}

static void answer_statement(struct run *run, const struct stated *stated)
{
	const struct statement *s = &stated->s;
	char at[MINUTE_TEXT_LEN];
	struct buf text = {0};

	say(run, "%8llu  %s  ", (unsigned long long)stated->index, minute_text(at, s->at_ms));
	say_clean(run, s->word);
	say(run, "  ");
	say_statement(run, s);
	say(run, "\n");
	if (s->type != STATEMENT_UNKNOWN)
		statement_put(&text, s);
	jw_object(&run->jw, NULL);
	jw_int(&run->jw, "entry", (int64_t)stated->index);
	jw_clean(&run->jw, "type", s->word);
	jw_int(&run->jw, "at_ms", s->at_ms);
	if (text.len)
		jw_text(&run->jw, "text", buf_cstr(&text));
	else
		jw_null(&run->jw, "text");
	jw_end_object(&run->jw);
	buf_free(&text);
}

/* ---- from the end backwards ---- */

static tanu_status take(void *self, uint64_t index, const void *entry, size_t len,
			const uint8_t *opening, tanu_error *err)
{
	struct show *show = self;
	struct statement s;
	tanu_status st;

	(void)opening;
	if (len == TANU_LEAF_LEN)
		return TANU_OK;
	if ((st = statement_read_trusted(&s, entry, len, show->policy, show->origin, err)) < 0)
		return st;
	if (show->len == show->cap) {
		size_t cap = show->cap + STATED_MORE;
		struct stated *v = realloc(show->v, cap * sizeof(*v));

		if (!v)
			return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL,
					 "not enough memory for so many statements");
		show->v = v;
		show->cap = cap;
	}
	show->v[show->len++] = (struct stated){.index = index, .s = s};
	return TANU_OK;
}

static int newest_first(const void *a, const void *b)
{
	const struct stated *x = a, *y = b;

	return x->index > y->index ? -1 : x->index < y->index;
}

static tanu_status find_statements(struct show *show, struct log_reader *reader, uint64_t size,
				   size_t last, tanu_error *err)
{
	tanu_status st = TANU_OK;

	for (uint64_t end = size; st == TANU_OK && end > 0 && show->len < last;) {
		uint64_t first = (end - 1) / AT_ONCE * AT_ONCE;

		st = log_reader_each(reader, first, end, take, show, err);
		end = first;
	}
	if (st == TANU_OK && show->len > 1)
		qsort(show->v, show->len, sizeof(*show->v), newest_first);
	return st;
}

static void answer_statements(struct show *show, size_t last)
{
	size_t shown = show->len < last ? show->len : last;

	jw_array(&show->run->jw, "statements");
	if (shown)
		say(show->run, "\n");
	for (size_t i = shown; i > 0; i--)
		answer_statement(show->run, &show->v[i - 1]);
	jw_end_array(&show->run->jw);
}

/* ---- the verb ---- */

static tanu_status read_checkpoint(tanu_checkpoint *out, tanu_checkpoint_trust *trust,
				   const struct log_source *source, tanu_error *err)
{
	struct buf note = {0};
	tanu_status st =
	    source->files.read(source->files.self, &note, "checkpoint", TANU_NOTE_BYTES_MAX, err);

	if (st == TANU_OK)
		st = tanu_policy_check(source->policy, out, trust, (const char *)note.data,
				       note.len, err);
	buf_free(&note);
	return log_unreachable(st, err);
}

static tanu_status show(struct run *run, const struct log_source *source, size_t last,
			tanu_error *err)
{
	struct show show = {.run = run, .policy = source->policy};
	struct log_reader *reader = NULL;
	tanu_checkpoint checkpoint = {0};
	tanu_checkpoint_trust trust = {0};
	tanu_status st;

	if ((st = read_checkpoint(&checkpoint, &trust, source, err)) < 0 ||
	    (st = log_reader_open(&reader, &source->files, checkpoint.size, err)) < 0 ||
	    (st = log_reader_trust(reader, &checkpoint.root, err)) < 0)
		goto out;
	show.origin = checkpoint.origin;
	if ((st = find_statements(&show, reader, checkpoint.size, last, err)) < 0)
		goto out;
	answer_checkpoint(run, source, &checkpoint, &trust);
	answer_statements(&show, last);
out:
	log_reader_close(&reader);
	free(show.v);
	return st;
}

static tanu_status log_show(struct run *run, tanu_error *err)
{
	const char *where = run->args.operands_len ? run->args.operands[0] : NULL;
	struct log_source source;
	double last = LAST_SHOWN;
	tanu_status st;

	if (args_has(&run->args, "last") &&
	    (st = args_real(&last, &run->args, "last", 0, LAST_MAX, err)) < 0)
		return st;
	if ((st = log_source_open(&source, run, where, err)) == TANU_OK)
		st = show(run, &source, (size_t)last, err);
	log_source_close(&source);
	return st;
}

const struct verb verb_log_show = {
    .group = "log",
    .action = "show",
    .flags = VERB_SITE,
    .brief = "A public log's checkpoint and what the site states in it",
    .about = "Shows the signed checkpoint and the last statements of the site: counts of each day, "
	     "disclosures of each month, program, policy, keys. Signatures and files are checked "
	     "as far as they are read; \"tanu log audit\" checks all. Without LOG it is the log of "
	     "the site in the data folder. Entries about people are random bytes to everybody but "
	     "the person.",
    .example = "tanu log show school --last 5",
    .options = {{"last", VALUE_WORD, "N", NULL, false,
		 "How many statements, the newest; 20 if not given"},
		OPTION_LOG_POLICY,
		OPTION_LOG_KEY},
    .operands = {{"LOG", VALUE_DIR, 0, 1,
		  "The log: its folder, the folder of a site, or the address of its folder"}},
    .fields = {{"origin", "name of the log"},
	       {"size", "entries of the log"},
	       {"root", "root of its tree, base64"},
	       {"witnesses", "how many witnesses of the policy cosigned"},
	       {"witnessed_ms", "earliest time a witness states, Unix milliseconds; null: none"},
	       {"policy", "\"given\" or \"suggested\" by the log itself"},
	       {"statements[].entry", "place in the log"},
	       {"statements[].type", "docs/log.md lists them"},
	       {"statements[].at_ms", "when it was stated"},
	       {"statements[].text", "the statement, canonical JSON; null: of a type not known"}},
    .run = log_show,
};
