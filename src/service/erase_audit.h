/* SPDX-License-Identifier: Apache-2.0 */
/*
 * erase_audit.h - (inside service/) does anything of an erased person open anywhere? Each place is
 * searched for databases, key folders, backups and raw bytes; then every database is held against
 * every set of keys, for a thief has both. Nothing of a place is changed: databases are looked at
 * as copies, keys are only read, and what opens is wiped at once and handed to nobody.
 */
#ifndef SERVICE_ERASE_AUDIT_H
#define SERVICE_ERASE_AUDIT_H

#include "service/recovery.h"

#define AUDIT_NEEDLES_MAX 64
#define AUDIT_NEEDLE_MIN  4 /* bytes; shorter ones stand everywhere */
#define AUDIT_CHUNK	  ((size_t)1 << 20)
#define AUDIT_FOUND_MAX	  256 /* databases, and key folders, of all places together */

/* Bytes that are looked for as they stand: the id twice, then what the auditor has given. */
struct needles {
	const uint8_t *at[AUDIT_NEEDLES_MAX];
	size_t len[AUDIT_NEEDLES_MAX];
	size_t count, ids; /* the first `ids` of them are the person's id */
	size_t longest;
};

/* A database that was found, as a copy. */
struct audit_database {
	size_t place;
	char path[OS_PATH_MAX]; /* of the copy */
	char from[OS_PATH_MAX]; /* for people */
};

struct audit_keys {
	size_t place;
	struct vault *vault;
	bool borrowed; /* of the open site */
};

struct audit {
	const struct erase_audit_order *order;
	struct service *own; /* NULL: no site is open */
	struct random_source random;
	struct needles needles;
	char id_hex[ID_HEX_LEN];
	char scratch[OS_PATH_MAX]; /* folder for copies, removed at the end */
	size_t copies;		   /* that were made in it */
	size_t databases_len, keys_len;
	struct audit_database *databases;
	struct audit_keys *keys;
	struct erase_audit_place *places;
	size_t places_len;
	uint8_t *chunk, *buffer; /* what is searched; what is read */
};

/* Why a place could not be examined whole; the first stays. */
void audit_trouble(struct audit *a, size_t place, const tanu_error *why);
/* A name in the scratch folder. */
tanu_status audit_scratch(struct audit *a, char out[OS_PATH_MAX], const char *word,
			  tanu_error *err);
tanu_status audit_add_database(struct audit *a, size_t place, const char *path, const char *from,
			       tanu_error *err);
tanu_status audit_add_keys(struct audit *a, size_t place, struct vault *vault, tanu_error *err);

/* ---- audit_files.c: everything below a path, without following links ---- */

tanu_status audit_walk(struct audit *a, size_t place, const char *path, tanu_error *err);
/* The files of the open site, for raw bytes alone. */
tanu_status audit_search_own(struct audit *a, tanu_error *err);

/* ---- audit_backup.c ---- */

/* A backup, with its keys where the code opens them. */
void audit_backup(struct audit *a, size_t place, const char *path);

/* ---- audit_rows.c ---- */

/* Hold a database against all keys. */
void audit_rows(struct audit *a, const struct audit_database *database);
/* And her keys that still stand. */
void audit_key_names(struct audit *a, const struct audit_keys *keys);

#endif
