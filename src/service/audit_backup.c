/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A backup, as somebody who has it and the recovery key would open it: its database, and its keys
 * in a vault of their own in the scratch folder.
 */
#include "service/erase_audit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEP ((size_t)1 << 20)

struct opening {
	struct audit *a;
	size_t place;
	const char *from;
	struct os_file file;
	struct backup_reader reader;
	struct backup_header header;
	struct recovery_key key;
	struct buf keys[VAULT_BUCKETS];
	unsigned keys_len;
	char database[OS_PATH_MAX];
};

static tanu_status read_file(void *self, void *out, size_t len, size_t *got, tanu_error *err)
{
	return os_file_read(&((struct opening *)self)->file, out, len, got, err);
}

static tanu_status skip_section(struct opening *o, struct buf *out, struct os_file *file,
				tanu_error *err)
{
	uint8_t *chunk = malloc(STEP);
	tanu_status st = TANU_OK;
	size_t got = 0;

	if (!chunk)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	while (st == TANU_OK && o->reader.left > 0) {
		st = backup_read_bytes(&o->reader, chunk, STEP, &got, err);
		if (st == TANU_OK && out)
			buf_put(out, chunk, got);
		if (st == TANU_OK && file)
			st = os_file_write(file, chunk, got, err);
	}
	free(chunk);
	return st < 0 || !out ? st : buf_check(out, err);
}

static tanu_status take_database(struct opening *o, tanu_error *err)
{
	struct os_file file;
	tanu_status st;

	if ((st = audit_scratch(o->a, o->database, "db", err)) < 0 ||
	    (st = os_file_begin(&file, o->database, 0600, err)) < 0)
		return st;
	if ((st = skip_section(o, NULL, &file, err)) == TANU_OK)
		st = os_file_commit(&file, err);
	os_file_abort(&file);
	return st;
}

static tanu_status take_sections(struct opening *o, tanu_error *err)
{
	struct backup_section section = {0};
	tanu_status st = TANU_OK;

	while (st == TANU_OK && section.kind != BACKUP_END) {
		if ((st = backup_read_section(&o->reader, &section, err)) < 0)
			return st;
		if (section.kind == BACKUP_DATABASE)
			st = take_database(o, err);
		else if (section.kind == BACKUP_KEYS)
			st = skip_section(o, &o->keys[o->keys_len++], NULL, err);
		else
			st = skip_section(o, NULL, NULL, err);
	}
	return st;
}

/* Her part of the keys, under the recovery key. */
static tanu_status open_keys(struct opening *o, tanu_error *err)
{
	const struct clock_source clock = os_clock();
	struct random_source *random = &o->a->random;
	struct vault *vault = NULL;
	uint8_t ad[BACKUP_AD_LEN];
	char folder[OS_PATH_MAX];
	struct secret box;
	tanu_status st;

	if ((st = audit_scratch(o->a, folder, "keys", err)) < 0 ||
	    (st = vault_create(folder, random, NULL, clock_now(&clock), err)) < 0 ||
	    (st = vault_open(&vault, folder, NULL, random, NULL, err)) < 0)
		return st;
	backup_header_put(ad, &o->header);
	recovery_box_secret(&box, &o->key);
	for (unsigned b = 0; b < VAULT_BUCKETS && st == TANU_OK; b++)
		st = vault_import(vault, b, &box, o->keys[b].data, o->keys[b].len, ad, sizeof(ad),
				  o->header.sequence, err);
	secret_wipe(&box);
	if (st == TANU_OK)
		st = audit_add_keys(o->a, o->place, vault, err);
	if (st < 0)
		vault_close(&vault);
	return st;
}

/* TANU_ERASED: the key has turned past it, and nothing opens it any more. */
static tanu_status turn_key(struct opening *o, tanu_error *err)
{
	const char *code = o->a->order->code;
	tanu_status st;

	if (!code)
		return tanu_fail(err, TANU_ERR_USAGE, NULL,
				 "a backup: name the recovery key with --recovery-key to look at "
				 "what it opens");
	if ((st = recovery_code_parse(&o->key, code, err)) < 0)
		return st;
	if (memcmp(o->key.pin, o->header.pin, RECOVERY_PIN) != 0)
		return tanu_fail(err, TANU_ERR_CRYPTO, NULL,
				 "this recovery key is of another site than this backup");
	return recovery_turn(&o->key, o->header.period, err);
}

static tanu_status open_backup(struct opening *o, tanu_error *err)
{
	struct erase_audit_place *place = &o->a->places[o->place];
	uint64_t size = 0;
	tanu_status st;

	o->reader = (struct backup_reader){.read = read_file, .self = o};
	if ((st = os_file_open(&o->file, o->from, &size, err)) < 0 ||
	    (st = backup_read_header(&o->reader, &o->header, err)) < 0)
		return st;
	place->backups++;
	if ((st = take_sections(o, err)) < 0 ||
	    (st = audit_add_database(o->a, o->place, o->database, o->from, err)) < 0)
		return st;
	return (st = turn_key(o, err)) < 0 ? st : open_keys(o, err);
}

void audit_backup(struct audit *a, size_t place, const char *path)
{
	struct opening *o = calloc(1, sizeof(*o));
	tanu_error why = {0};
	tanu_status st;

	if (!o) {
		(void)tanu_fail(&why, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
		audit_trouble(a, place, &why);
		return;
	}
	*o = (struct opening){.a = a, .place = place, .from = path, .file = {.fd = -1}};
	st = open_backup(o, &why);
	if (st == TANU_ERASED) {
		a->places[place].keys_shut++;
		a->places[place].why_shut = why;
	} else if (st < 0) {
		error_prefix_place(&why, path);
		audit_trouble(a, place, &why);
	}
	os_file_close(&o->file);
	secret_wipe(&o->key.secret);
	for (unsigned b = 0; b < VAULT_BUCKETS; b++)
		buf_free(&o->keys[b]);
	free(o);
}
