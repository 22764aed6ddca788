/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"
#include "cli/verbs.h"
#include "receipt/receipt.h"
#include "witness/witness.h"

static tanu_status read_page(struct buf *out, const struct args *args, tanu_error *err)
{
	uint8_t digest[32];

	if (args->operands_len > 1)
		return os_read_file(out, args->operands[1], WITNESS_PAGE_MAX, err);
	return receipt_page_read(out, digest, err);
}

static tanu_status witness_page_add(struct run *run, tanu_error *err)
{
	char sha256[WITNESS_DIGEST_LEN];
	struct buf page = {0};
	tanu_status st;

	if ((st = read_page(&page, &run->args, err)) < 0 ||
	    (st = witness_add_page(run->args.operands[0], sha256, page.data, page.len, err)) < 0)
		goto out;
	say(run, "SHA-256: %s\n", sha256);
	say(run, "The witness serves it as verifier.html, and this number as verifier.sha256.\n");
	jw_text(&run->jw, "sha256", sha256);
	jw_int(&run->jw, "bytes", (int64_t)page.len);
out:
	buf_free(&page);
	return st;
}

const struct verb verb_witness_add_page = {
    .group = "witness",
    .action = "add-page",
    .brief = "Let a witness hand out the page that checks receipts",
    .about =
	"Somebody who doubts a site should not have to take the checker from it. The witness "
	"serves the page as /verifier.html, and the SHA-256 of it and of those it served before as "
	"/verifier.sha256; the site states in its log which page it hands out, and the two are "
	"compared. Read the page, or build it from its sources, before you vouch for it. A "
	"witness that is serving has it at once.",
    .example = "tanu witness add-page /var/lib/tanu-witness verifier.html",
    .operands = {{"DIR", VALUE_DIR, 1, 1, "The folder of the witness"},
		 {"FILE", VALUE_FILE, 0, 1, "The page; the one installed with tanu if not given"}},
    .fields = {{"sha256", "SHA-256 of the page"}, {"bytes", "its length"}},
    .run = witness_page_add,
};
