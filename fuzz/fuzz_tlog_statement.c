/* SPDX-License-Identifier: Apache-2.0 */
/* A site's statement, signed as it comes, and the state of a monitor. */
#include "tlog/audit.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_statement(const uint8_t *data, size_t size)
{
	static struct signer signer;
	static tanu_verifier verifier;
	struct secret seed = {{1}};
	struct buf text = {0}, entry = {0}, again = {0};
	struct statement s;

	if (!signer.kind) {
		crypto_init(NULL);
		signer_init(&signer, "log.example", TANU_KEY_ED25519, &seed, NULL);
		signer_verifier(&verifier, &signer);
	}
	buf_str(&text, "tanu site statement v1\n");
	buf_put(&text, data, size);
	buf_u8(&text, '\n');
	if (note_sign(&entry, &signer, (const char *)text.data, text.len, NULL) == TANU_OK &&
	    statement_read(&s, entry.data, entry.len, &verifier, NULL) == TANU_OK &&
	    s.type != STATEMENT_UNKNOWN) {
		/* What is read has one form. */
		statement_put(&again, &s);
		if (again.len != size || memcmp(again.data, data, size) != 0)
			abort();
	}
	buf_free(&text);
	buf_free(&entry);
	buf_free(&again);
}

static void try_state(const uint8_t *data, size_t size)
{
	struct json_doc *doc = NULL;
	struct log_exam *exam = NULL;
	struct buf out = {0};
	struct json_w w;

	if (json_parse(&doc, data, size, 1 << 16, "state", NULL) < 0)
		return;
	if (log_exam_get(&exam, json_root(doc), NULL) == TANU_OK) {
		jw_init(&w, &out);
		log_exam_put(&w, NULL, exam);
		if (out.failed)
			abort();
		buf_free(&out);
		log_exam_free(&exam);
	}
	json_free(&doc);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	try_statement(data, size);
	try_state(data, size);
	return 0;
}
