/* SPDX-License-Identifier: Apache-2.0 */
/* What was read on the forms becomes consents and refusals. */
#include "cli/scans.h"

#include <string.h>

#define KEEP_MAX ((size_t)12 << 20) /* bytes of a scan that is kept */

/* Read again, and the same as before. */
static tanu_status page_read(struct buf *out, const char *path, const uint8_t sha256[32],
			     tanu_error *err)
{
	uint8_t digest[32];
	tanu_status st = os_read_file(out, path, KEEP_MAX, err);

	if (st == TANU_LIMIT)
		return tanu_fail(err, TANU_ERR_FILE_TOO_LARGE, path,
				 "a scan to keep has at most %zu MiB: scan in grey at 200 dpi, or "
				 "leave out --keep",
				 KEEP_MAX >> 20);
	if (st < 0)
		return st;
	service_sha256(digest, out);
	if (memcmp(digest, sha256, sizeof(digest)) != 0)
		return tanu_fail(err, TANU_ERR_CONFLICT, path, "the file was changed meanwhile");
	return TANU_OK;
}

struct kept {
	struct consent_evidence evidence;
	struct buf page[EVIDENCE_PAGES_MAX];
	struct buf signature;
};

static tanu_status evidence_fill(struct kept *k, const struct pile *pile, bool keep,
				 tanu_error *err)
{
	struct consent_evidence *e = &k->evidence;
	tanu_status st = TANU_OK;

	for (size_t i = 0; i < pile->pages_len && st == TANU_OK; i++) {
		memcpy(e->page[i].sha256, pile->page[i].sha256, sizeof(e->page[i].sha256));
		if (!keep)
			continue;
		st = page_read(&k->page[i], pile->page[i].path, pile->page[i].sha256, err);
		e->page[i].keep = &k->page[i];
	}
	e->pages_len = pile->pages_len;
	if (st < 0 || !pile->is_signed)
		return st;
	e->signature = &pile->signature;
	e->signature_file = &k->signature;
	return page_read(&k->signature, pile->signature_path, pile->signature.sha256, err);
}

static void kept_wipe(struct kept *k)
{
	for (size_t i = 0; i < EVIDENCE_PAGES_MAX; i++)
		buf_wipe(&k->page[i]);
	buf_wipe(&k->signature);
}

static tanu_status pile_record(struct scans *s, struct pile *pile, bool keep, tanu_error *err)
{
	struct kept kept = {0};
	struct form_answer answer = {.subject = pile->form.subject,
				     .form = pile->form.id,
				     .yes = pile->yes,
				     .no = pile->no,
				     .assent = pile->assent,
				     .evidence = &kept.evidence};
	struct erasure_receipt receipt = {0};
	tanu_status st = pile_is_ready(pile, err) ? TANU_OK : TANU_REFUSED;

	if (st == TANU_OK && (st = evidence_fill(&kept, pile, keep, err)) == TANU_OK)
		st = service_form_answer(s->run->service, &receipt, &answer, err);
	pile->recorded = st == TANU_OK;
	kept_wipe(&kept);
	return st;
}

tanu_status scans_record(struct scans *s, bool keep, tanu_error *err)
{
	struct progress progress;
	size_t done = 0, total = 0;
	tanu_status st = TANU_OK;

	for (size_t i = 0; i < s->piles_len; i++)
		total += s->piles[i].decided;
	progress_start(&progress, "forms", total);
	for (size_t i = 0; i < s->piles_len && st == TANU_OK; i++) {
		struct pile *pile = &s->piles[i];

		if (!pile->decided)
			continue;
		st = pile_record(s, pile, keep, &pile->failed);
		if (tanu_exit_for(st) == TANU_EXIT_SYSTEM)
			*err = pile->failed; /* the site, or the machine */
		else
			st = TANU_OK;
		progress_step(&progress, ++done);
	}
	progress_end(&progress);
	return st;
}
