/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/witnesses.h"

#include "tlog/tlog.h"

#include <stdlib.h>

#define LIST_MAX ((size_t)64 << 10)

tanu_status witnesses_none(struct witnesses **out, tanu_error *err)
{
	*out = calloc(1, sizeof(**out));
	return *out ? TANU_OK : tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
}

tanu_status witnesses_load(struct witnesses **out, const char *path, tanu_error *err)
{
	struct witnesses *w = NULL;
	struct buf text = {0};
	tanu_status st;

	if ((st = witnesses_none(&w, err)) < 0)
		return st;
	if ((st = os_read_file(&text, path, LIST_MAX, err)) < 0)
		goto out;
	st = witness_peers_parse(w->peers, ARRAY_LEN(w->peers), &w->len, (const char *)text.data,
				 text.len, err);
	if (st < 0)
		error_prefix_place(err, path);
	for (size_t i = 0; i < w->len; i++)
		w->verifiers[i] = w->peers[i].verifier;
out:
	buf_free(&text);
	if (st < 0)
		free(w);
	else
		*out = w;
	return st;
}

static tanu_status ask(void *self, size_t which, struct buf *line, const struct hash_source *hashes,
		       const char *note, size_t note_len, int timeout_ms, tanu_error *err)
{
	const struct witnesses *w = self;
	uint64_t seen = 0; /* it tells, at the cost of one more request */

	return witness_ask(line, &seen, &w->peers[which], hashes, note, note_len, timeout_ms, err);
}

struct log_witnesses witnesses_for_service(struct witnesses *witnesses)
{
	return (struct log_witnesses){.len = witnesses->len,
				      .verifiers = witnesses->verifiers,
				      .ask = ask,
				      .self = witnesses};
}
