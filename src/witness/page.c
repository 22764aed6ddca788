/* SPDX-License-Identifier: Apache-2.0 */
/* The page for checking receipts, from a hand that is not the site's. */
#include "witness/state.h"

#include <stdio.h>
#include <string.h>

#define PAGE_FILE    "verifier.html"
#define DIGESTS_FILE "verifier.sha256"
#define DIGESTS_MAX  ((size_t)16 << 10)
#define LINE_LEN     (64 + 2 + sizeof(PAGE_FILE)) /* as sha256sum writes it, with its line feed */

static tanu_status refuse(const char *why, tanu_error *err)
{
	return tanu_fail(err, TANU_ERR_FORMAT, PAGE_FILE, "%s", why);
}

/* Not what else lies in a folder by that name. */
static tanu_status check_page(const void *page, size_t len, tanu_error *err)
{
	static const char start[] = "<!doctype html>";

	if (len > WITNESS_PAGE_MAX)
		return tanu_fail(err, TANU_ERR_FILE_TOO_LARGE, PAGE_FILE,
				 "the page is longer than %zu bytes", WITNESS_PAGE_MAX);
	if (len < sizeof(start) || strncasecmp(page, start, sizeof(start) - 1) != 0)
		return refuse("this is no page: it does not begin with <!doctype html>", err);
	return TANU_OK;
}

/* The new one first; one that was there before moves up. */
static void put_digests(struct buf *out, const char *sha256, const struct buf *before)
{
	const char *end, *at = buf_text(before, &end);
	char line[LINE_LEN + 1];

	snprintf(line, sizeof(line), "%.64s  %s\n", sha256, PAGE_FILE);
	buf_str(out, line);
	for (; end - at >= (ptrdiff_t)LINE_LEN; at += LINE_LEN)
		if (memcmp(at, line, LINE_LEN) != 0 && out->len + LINE_LEN <= DIGESTS_MAX)
			buf_put(out, at, LINE_LEN);
}

/* The digest before the page: nobody is ever served a page whose digest is not said. */
static tanu_status replace_both(const char *folder, const char *sha256, const void *page,
				size_t page_len, tanu_error *err)
{
	char path[OS_PATH_MAX], digests[OS_PATH_MAX];
	struct buf before = {0}, now = {.max = DIGESTS_MAX};
	tanu_status st;

	if ((st = os_path(path, sizeof(path), folder, PAGE_FILE, err)) < 0 ||
	    (st = os_path(digests, sizeof(digests), folder, DIGESTS_FILE, err)) < 0)
		return st;
	if (os_exists(digests) && (st = os_read_file(&before, digests, DIGESTS_MAX, err)) < 0)
		goto out;
	put_digests(&now, sha256, &before);
	if ((st = buf_check(&now, err)) >= 0 &&
	    (st = os_replace_file(digests, now.data, now.len, 0600, err)) >= 0)
		st = os_replace_file(path, page, page_len, 0600, err);
out:
	buf_free(&before);
	buf_free(&now);
	return st;
}

tanu_status witness_add_page(const char *folder, char sha256_out[WITNESS_DIGEST_LEN],
			     const void *page, size_t page_len, tanu_error *err)
{
	char path[OS_PATH_MAX];
	uint8_t digest[DIGEST_LEN];
	struct os_lock lock = {0};
	tanu_status st;

	if ((st = is_witness_folder(folder, err)) < 0 ||
	    (st = check_page(page, page_len, err)) < 0 ||
	    (st = os_path(path, sizeof(path), folder, "logs/lock", err)) < 0 ||
	    (st = os_lock_take(&lock, path, err)) < 0)
		return st;
	sha256(digest, page, page_len);
	hex_encode(sha256_out, digest, sizeof(digest));
	st = replace_both(folder, sha256_out, page, page_len, err);
	os_lock_drop(&lock);
	return st;
}

static void reply_file(const struct witness *w, struct witness_reply *reply, const char *name,
		       size_t max_bytes, const char *type)
{
	char path[OS_PATH_MAX];
	tanu_status st = os_path(path, sizeof(path), w->folder, name, &reply->error);

	buf_wipe(&reply->body);
	if (st >= 0)
		st = os_read_file(&reply->body, path, max_bytes, &reply->error);
	reply->type = st < 0 ? NULL : type;
	reply->status = st == TANU_NOT_FOUND ? 404 : st < 0 ? 500 : 200;
	if (st == TANU_NOT_FOUND)
		buf_str(&reply->body, "this witness has no such page\n");
}

void witness_page(const struct witness *witness, struct witness_reply *reply)
{
	reply_file(witness, reply, PAGE_FILE, WITNESS_PAGE_MAX, "text/html; charset=utf-8");
}

void witness_page_digests(const struct witness *witness, struct witness_reply *reply)
{
	reply_file(witness, reply, DIGESTS_FILE, DIGESTS_MAX, NULL);
}
