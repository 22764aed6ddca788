/* SPDX-License-Identifier: Apache-2.0 */
/* c2sp.org/tlog-checkpoint: origin, size and root, a line each, and no extension lines. */
#include "tlog/tlog.h"

#include <string.h>

static tanu_status bad_checkpoint(tanu_error *err, const char *why)
{
	return tanu_fail(err, TANU_ERR_FORMAT, "checkpoint", "%s", why);
}

bool next_line(const char **at, const char *end, const char **line, size_t *len)
{
	const char *feed = *at < end ? memchr(*at, '\n', (size_t)(end - *at)) : NULL;

	if (!feed)
		return false;
	*line = *at;
	*len = (size_t)(feed - *at);
	*at = feed + 1;
	return true;
}

bool decimal_u64(uint64_t *out, const char *text, size_t len)
{
	uint64_t v = 0;

	if (len == 0 || len > 19 || (len > 1 && text[0] == '0'))
		return false; /* 19 digits hold every size below 2^63 */
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		v = v * 10 + (uint64_t)(text[i] - '0');
	}
	if (v > INT64_MAX)
		return false;
	*out = v;
	return true;
}

bool base64_hash(tanu_hash *out, const char *text, size_t len)
{
	struct buf raw = {.max = 64};
	bool ok = base64_get(&raw, text, len, NULL) >= 0 && raw.len == sizeof(out->b);

	if (ok)
		memcpy(out->b, raw.data, sizeof(out->b));
	buf_free(&raw);
	return ok;
}

tanu_status tanu_checkpoint_parse(tanu_checkpoint *out, const char *text, size_t text_len,
				  tanu_error *err)
{
	const char *at = text, *end = text + text_len, *line;
	tanu_checkpoint c = {0};
	size_t len;

	if (!next_line(&at, end, &line, &len) || !name_is_valid(line, len))
		return bad_checkpoint(err, "the first line must be the origin");
	memcpy(c.origin, line, len);
	if (!next_line(&at, end, &line, &len) || !decimal_u64(&c.size, line, len))
		return bad_checkpoint(err, "the second line must be the size, a decimal number");
	if (!next_line(&at, end, &line, &len) || !base64_hash(&c.root, line, len))
		return bad_checkpoint(err, "the third line must be the root, 32 bytes in base64");
	if (at != end)
		return bad_checkpoint(err, "extension lines are not taken");
	*out = c;
	return TANU_OK;
}

void checkpoint_put(struct buf *out, const tanu_checkpoint *checkpoint)
{
	buf_printf(out, "%s\n%llu\n", checkpoint->origin, (unsigned long long)checkpoint->size);
	base64_put(out, checkpoint->root.b, sizeof(checkpoint->root.b));
	buf_u8(out, '\n');
}
