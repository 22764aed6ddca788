/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Backups, as their reader takes them apart, and the texts around them: notices, challenges, the
 * code of a recovery key. Nothing of them is believed before it was compared; here only that no
 * bytes break the reader, and that what it takes is inside its limits.
 */
#include "service/recovery.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct memory {
	const uint8_t *at, *end;
};

static tanu_status read_memory(void *self, void *out, size_t len, size_t *got, tanu_error *err)
{
	struct memory *m = self;

	(void)err;
	*got = len < (size_t)(m->end - m->at) ? len : (size_t)(m->end - m->at);
	memcpy(out, m->at, *got);
	m->at += *got;
	return TANU_OK;
}

static void read_backup(const uint8_t *data, size_t size)
{
	struct memory m = {data, data + size};
	struct backup_reader r = {.read = read_memory, .self = &m};
	struct backup_section section = {0};
	struct backup_header header;
	uint8_t chunk[256];
	size_t got;
	tanu_error err;

	if (backup_read_header(&r, &header, &err) < 0)
		return;
	while (section.kind != BACKUP_END) {
		if (backup_read_section(&r, &section, &err) < 0)
			return;
		if ((section.kind == BACKUP_LOG) != log_path_valid(section.name))
			abort();
		while (r.left > 0)
			if (backup_read_bytes(&r, chunk, sizeof(chunk), &got, &err) < 0)
				return;
	}
	if (backup_read_end(&r, &err) >= 0 && r.keys != VAULT_BUCKETS)
		abort();
}

/* A code that is taken is written as one that is taken. */
static void read_code(const char *text)
{
	struct recovery_key key = {0}, again = {0};
	char code[RECOVERY_CODE_LEN];
	tanu_error err;

	if (recovery_code_parse(&key, text, &err) < 0)
		return;
	recovery_code_put(code, &key);
	if (recovery_code_parse(&again, code, &err) < 0 || again.period != key.period ||
	    memcmp(&again.secret, &key.secret, sizeof(key.secret)) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct recovery_notice notice = {0};
	char *text = malloc(size + 1), answer[RECOVERY_ANSWER_LEN];
	static char code[RECOVERY_CODE_LEN];
	tanu_error err;

	if (!text)
		return 0;
	if (!*code) {
		const struct recovery_key key = {.pin = {1}};

		recovery_code_put(code, &key);
	}
	memcpy(text, data, size);
	text[size] = '\0';
	read_backup(data, size);
	read_code(text);
	service_recovery_answer(answer, text, code, &err);
	if (recovery_notice_read(&notice, data, size, NULL, &err) >= 0)
		recovery_notice_free(&notice);
	free(text);
	return 0;
}
