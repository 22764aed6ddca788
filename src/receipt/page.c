/* SPDX-License-Identifier: Apache-2.0 */
/* Where the built page of web/verifier is. */
#include "receipt/receipt.h"

#include "os/os.h"

#include <stdio.h>
#include <stdlib.h>

#define PAGE_BYTES_MAX ((size_t)4 << 20)

/* $TANU_VERIFIER, beside the installed program, else the place that the build names. */
tanu_status receipt_page_path(char *out, size_t out_len, tanu_error *err)
{
	const char *set = getenv("TANU_VERIFIER");
	char program[OS_PATH_MAX];
	tanu_status st;

	if (set && *set && (size_t)snprintf(out, out_len, "%s", set) >= out_len)
		return tanu_fail(err, TANU_ERR_PATH_TOO_LONG, "TANU_VERIFIER",
				 "the path is too long");
	if (set && *set)
		return TANU_OK;
	if ((st = os_program_dir(program, sizeof(program), err)) < 0 ||
	    (st = os_path(out, out_len, program, "../share/tanu/verifier.html", err)) < 0)
		return st;
	if (!os_exists(out))
		snprintf(out, out_len, "%s", TANU_VERIFIER_PAGE);
	return TANU_OK;
}

tanu_status receipt_page_read(struct buf *out, uint8_t digest[DIGEST_LEN], tanu_error *err)
{
	char path[OS_PATH_MAX];
	tanu_status st;

	if ((st = receipt_page_path(path, sizeof(path), err)) < 0)
		return st;
	if (!os_exists(path))
		return tanu_fail(
		    err, TANU_ERR_FILE_MISSING, path,
		    "this build has no page; \"tanu receipt history\" checks the same");
	if ((st = os_read_file(out, path, PAGE_BYTES_MAX, err)) < 0)
		return st;
	sha256(digest, out->data, out->len);
	return TANU_OK;
}
