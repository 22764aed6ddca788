/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"
#include "cli/verbs.h"
#include "receipt/receipt.h"

static tanu_status receipt_page(struct run *run, tanu_error *err)
{
	const char *path = args_get(&run->args, "out");
	uint8_t digest[DIGEST_LEN];
	char hex[2 * DIGEST_LEN + 1];
	struct buf page = {0};
	tanu_status st;

	if ((st = receipt_page_read(&page, digest, err)) < 0)
		goto out;
	if (path && (st = os_replace_file(path, page.data, page.len, 0644, err)) < 0)
		goto out;
	hex_encode(hex, digest, sizeof(digest));
	if (path) {
		say(run, "Written: ");
		say_clean(run, path);
		say(run, "\n");
		jw_clean(&run->jw, "file", path);
	}
	say(run, "SHA-256: %s\n", hex);
	jw_text(&run->jw, "sha256", hex);
	jw_int(&run->jw, "bytes", (int64_t)page.len);
out:
	buf_free(&page);
	return st;
}

const struct verb verb_receipt_page = {
    .group = "receipt",
    .action = "page",
    .brief = "The checker as one web page, for people without tanu",
    .about =
	"Writes one HTML file that checks receipts and histories in any browser, from a USB stick, "
	"with the network off, in Kazakh, Russian and English. It finds what \"tanu receipt "
	"verify\" "
	"and \"tanu receipt history\" find. A site states its SHA-256 in the public log; without "
	"--out only that is printed.",
    .example = "tanu receipt page --out verifier.html",
    .options = {{"out", VALUE_FILE, "FILE", NULL, false, "Where it goes"}},
    .fields = {{"file", "what was written; with --out"},
	       {"sha256", "SHA-256 of the page"},
	       {"bytes", "its length"}},
    .run = receipt_page,
};
