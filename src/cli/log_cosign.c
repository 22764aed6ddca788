/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"
#include "cli/verbs.h"
#include "logdir/logdir.h"
#include "witness/witness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIST_MAX   ((size_t)64 << 10)
#define TIMEOUT_MS 15000

struct cosigning {
	struct run *run;
	char dir[OS_PATH_MAX];
	struct log_files files;
	struct buf text; /* the checkpoint as it stands */
	tanu_note note;	 /* of it */
	tanu_checkpoint checkpoint;
	struct log_reader *reader;
	struct witness_peer peers[WITNESS_PEERS_MAX];
	bool cosigned[WITNESS_PEERS_MAX];
	size_t peers_len, done;
	struct buf lines; /* new cosignatures */
	tanu_error why;	  /* of the first that did not */
};

/* ---- what there is ---- */

static tanu_status read_peers(struct cosigning *c, tanu_error *err)
{
	const char *given = args_get(&c->run->args, "witnesses");
	char path[OS_PATH_MAX];
	struct buf text = {0};
	tanu_status st = os_path(path, sizeof(path), run_folder(c->run), "witnesses", err);

	if (st < 0 || (st = os_read_file(&text, given ? given : path, LIST_MAX, err)) < 0)
		return st;
	st = witness_peers_parse(c->peers, ARRAY_LEN(c->peers), &c->peers_len,
				 (const char *)text.data, text.len, err);
	if (st < 0)
		error_prefix_place(err, given ? given : path);
	else if (c->peers_len == 0)
		st = tanu_fail(err, TANU_ERR_USAGE, given ? given : path,
			       "no witness with an address stands in it; a line is: witness NAME "
			       "VKEY URL");
	buf_free(&text);
	return st;
}

static tanu_status read_log(struct cosigning *c, tanu_error *err)
{
	tanu_status st = os_path(c->dir, sizeof(c->dir), run_folder(c->run), "log", err);

	if (st < 0)
		return st;
	log_dir_files(&c->files, c->dir);
	if ((st = c->files.read(c->files.self, &c->text, "checkpoint", WITNESS_NOTE_MAX, err)) <
		0 ||
	    (st = tanu_note_split(&c->note, (const char *)c->text.data, c->text.len, err)) < 0 ||
	    (st = tanu_checkpoint_parse(&c->checkpoint, c->note.text, c->note.text_len, err)) < 0 ||
	    (st = log_reader_open(&c->reader, &c->files, c->checkpoint.size, err)) < 0)
		return st;
	return log_reader_trust(c->reader, &c->checkpoint.root, err);
}

/* ---- asking ---- */

static void answer_one(struct cosigning *c, const struct witness_peer *peer, bool cosigned,
		       const tanu_error *why)
{
	struct json_w *w = &c->run->jw;

	say_tint(c->run, cosigned ? TINT_GOOD : TINT_BAD, cosigned ? "cosigned" : "failed  ");
	say(c->run, "  ");
	say_clean(c->run, peer->verifier.name);
	if (!cosigned) {
		say(c->run, ": ");
		say_clean(c->run, why->message);
	}
	say(c->run, "\n");
	jw_object(w, NULL);
	jw_clean(w, "name", peer->verifier.name);
	jw_clean(w, "url", peer->url);
	jw_bool(w, "cosigned", cosigned);
	if (cosigned)
		jw_null(w, "reason");
	else
		jw_clean(w, "reason", why->message);
	jw_end_object(w);
}

static void ask_all(struct cosigning *c)
{
	struct hash_source hashes = log_reader_hashes(c->reader);

	jw_array(&c->run->jw, "witnesses");
	for (size_t i = 0; i < c->peers_len; i++) {
		uint64_t seen = c->checkpoint.size;
		tanu_error why = {0};

		c->cosigned[i] =
		    witness_ask(&c->lines, &seen, &c->peers[i], &hashes, (const char *)c->text.data,
				c->text.len, TIMEOUT_MS, &why) >= 0;
		answer_one(c, &c->peers[i], c->cosigned[i], &why);
		c->done += c->cosigned[i];
		if (!c->cosigned[i] && c->why.status >= 0)
			c->why = why;
	}
	jw_end_array(&c->run->jw);
}

/* ---- the checkpoint with its cosignatures ---- */

static bool is_replaced(const struct cosigning *c, const tanu_note_signature *s)
{
	for (size_t i = 0; i < c->peers_len; i++) {
		const tanu_verifier *v = &c->peers[i].verifier;

		if (c->cosigned[i] && s->key_id == v->key_id && s->name_len == strlen(v->name) &&
		    memcmp(s->name, v->name, s->name_len) == 0)
			return true;
	}
	return false;
}

static tanu_status write_checkpoint(struct cosigning *c, tanu_error *err)
{
	struct buf out = {.max = WITNESS_NOTE_MAX};
	tanu_status st;

	buf_put(&out, c->note.text, c->note.text_len);
	buf_str(&out, "\n");
	for (size_t i = 0; i < c->note.signatures_len; i++) {
		const tanu_note_signature *s = &c->note.signatures[i];

		if (!is_replaced(c, s))
			buf_printf(&out, "\xE2\x80\x94 %.*s %.*s\n", (int)s->name_len, s->name,
				   (int)s->base64_len, s->base64);
	}
	buf_put(&out, c->lines.data, c->lines.len);
	st = buf_check(&out, err);
	if (st == TANU_OK)
		st = c->files.write(c->files.self, "checkpoint", out.data, out.len, err);
	buf_free(&out);
	return st;
}

static tanu_status cosign(struct cosigning *c, tanu_error *err)
{
	tanu_status st;

	/* The site is open: nobody publishes another checkpoint meanwhile. */
	if ((st = run_site(c->run, err)) < 0 || (st = read_peers(c, err)) < 0 ||
	    (st = read_log(c, err)) < 0)
		return st;
	jw_int(&c->run->jw, "size", (int64_t)c->checkpoint.size);
	ask_all(c);
	if (c->done > 0 && (st = write_checkpoint(c, err)) < 0)
		return st;
	if (c->done == c->peers_len)
		return TANU_OK;
	c->run->keep_answer = true;
	if (err)
		*err = c->why;
	return c->why.status;
}

static tanu_status log_cosign(struct run *run, tanu_error *err)
{
	struct cosigning *c = calloc(1, sizeof(*c));
	tanu_status st;

	if (!c)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	c->run = run;
	st = cosign(c, err);
	log_reader_close(&c->reader);
	buf_free(&c->text);
	buf_free(&c->lines);
	free(c);
	return st;
}

const struct verb verb_log_cosign = {
    .group = "log",
    .action = "cosign",
    .flags = VERB_SITE,
    .brief = "Ask the witnesses of the site to cosign its log now",
    .about =
	"Shows the log's checkpoint to each witness in turn, with the proof that it follows from "
	"what that witness has cosigned before, and puts the cosignatures under the checkpoint. "
	"Fails when one of them does not cosign; those of the others are kept.\n\nThe list has the "
	"lines of tlog-policy, \"witness NAME VKEY URL\", and one word more where the certificate "
	"of the witness is its own: the pin that \"tanu witness serve\" prints.",
    .example = "tanu log cosign --data school",
    .options = {{"witnesses", VALUE_FILE, "FILE", NULL, false,
		 "The list; the file \"witnesses\" in the data folder if not given"}},
    .fields = {{"size", "entries of the log"},
	       {"witnesses[].name", "name of the witness"},
	       {"witnesses[].url", "where it was asked"},
	       {"witnesses[].cosigned", "true: its cosignature stands under the checkpoint"},
	       {"witnesses[].reason", "why not; null: it did"}},
    .run = log_cosign,
};
