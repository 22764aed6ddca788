/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store.h - one table of calls that every database back end fills. Rows hold random ids, purposes,
 * states, times and sealed bytes; nothing personal in clear ever reaches a store.
 *
 * One writer. Calls that change anything must stand between begin and commit; what is not committed
 * is not there. A call that fails changes nothing by itself; what stood before it in the
 * transaction is still there until commit or rollback. tests/store/suite.h is the shared test suite
 * that each back end must pass.
 *
 * The second lock. A back end refuses by itself (TANU_REFUSED db-rule), whatever calls it:
 * - to put a reference, or hold it under another consent, unless that consent is of the same
 * subject, stands as given, and has not ended, neither at the row's created_ms nor by the machine's
 * own clock (the real one: a handed-in clock far in the past does not open this lock);
 * - the same while a tombstone of the subject stands;
 * - to put a reference that ends before it was made, or has ended by the machine's clock, and to
 * change the end of one that is there;
 * - to let a consent leave "given" while a reference is held under it and no tombstone of its
 * subject stands. So an erasure puts the tombstone first, then sets the consent, deletes the
 * reference, and deletes the tombstone last; each order of commits in between is accepted;
 * - to change of a consent anything but its state and sequence, or to revive one that has ended;
 * - to put a record of a pass (RECORD_KIND_PASS), which stands for a reference that the person
 * holds, unless its subject has a live consent by the machine's clock, and no tombstone;
 * - to hold a reference under a consent to calibration, and to put a look-alike of a subject that
 * has no such consent, live by the machine's clock.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "os/os.h"

#include <tanu/consent.h>

enum subject_state {
	SUBJECT_NONE = 0,
	SUBJECT_ACTIVE = 1,
	SUBJECT_LEAVING = 2, /* tombstone set, erasure not finished */
};

struct subject_row {
	tanu_id id;
	enum subject_state state;
	int64_t created_ms;
	uint64_t sequence;  /* ledger sequence of the last act about this subject */
	struct buf profile; /* sealed; the caller frees */
};

struct consent_row {
	tanu_consent consent; /* giver and guardian are not stored in clear: zero when read */
	struct buf detail;    /* sealed: giver, guardian, notice text, hash, language */
};

struct reference_row {
	tanu_id id;
	tanu_id subject;
	tanu_id consent; /* the consent it is held under */
	int64_t created_ms;
	int64_t not_after_ms; /* by its age; the consent may end sooner */
	struct buf sealed;
};
#define REFERENCE_ENDLESS INT64_C(9007199254740991) /* stored before there was an end */

/* Somebody here looks like this person; who, is inside `sealed`. */
struct lookalike_row {
	tanu_id id;
	tanu_id subject;
	struct buf sealed;
};

/* One line of the ledger or of the use history; the event type is inside `sealed`. */
struct event_row {
	tanu_id id;
	tanu_id subject;
	uint64_t sequence; /* 0 for uses, which are not acts on the ledger */
	int64_t at_ms;
	uint16_t quarter;
	struct buf sealed;
};

/* One entry of the public log that is not yet in its files. */
#define OPENING_LEN 512
struct log_entry_row {
	tanu_id id;
	int64_t position; /* -1: not yet given */
	tanu_id hold;	  /* zero: none; else it waits for this subject's erasure */
	bool personal;
	int64_t at_ms;
	struct buf entry;
	struct buf opening; /* OPENING_LEN bytes, or none: a site statement */
};

/* A paper of a person, or of the site under its own id. */
#define RECORD_KIND_PASS 8 /* the one kind that a back end knows of */
struct record_row {
	tanu_id id;
	tanu_id subject;
	uint8_t kind; /* enum record_kind of service/ */
	int64_t created_ms;
	struct buf sealed;
};

/* Who may use the server, and what she is let in with (auth/). */
#define TOKEN_DIGEST_LEN 32
struct account_row {
	tanu_id id;
	uint8_t lookup[TOKEN_DIGEST_LEN]; /* of the name; not filled when read */
	int64_t created_ms;
	struct buf sealed;
};

/* Numbers are stored; they are only added to. */
enum token_kind {
	TOKEN_SESSION = 1,
	TOKEN_INVITATION = 2,
	TOKEN_API_KEY = 3,
	TOKEN_ANSWER = 4, /* to a request that may be repeated */
};
struct token_row {
	uint8_t digest[TOKEN_DIGEST_LEN];
	enum token_kind kind;
	tanu_id owner; /* the account, the person invited, the key itself */
	int64_t created_ms, expires_ms, seen_ms;
	struct buf sealed;
};

enum tombstone_kind { TOMBSTONE_BIO = 1, TOMBSTONE_SUBJECT = 2 };

struct tombstone_row {
	tanu_id subject;
	enum tombstone_kind kind;
	int64_t requested_ms;
};

struct store;

/*
 * `each` callbacks get a row whose buffers live until they return; a failing callback ends the
 * walk. A callback may read, but must not change what is being walked, and must not roll back.
 */
struct store_calls {
	void (*close)(struct store *s);

	tanu_status (*begin)(struct store *s, tanu_error *err);
	/* Durable when it returns; when it fails, everything since begin is undone. */
	tanu_status (*commit)(struct store *s, tanu_error *err);
	void (*rollback)(struct store *s); /* fine outside a transaction */

	/* Next number of the site's ledger; part of the transaction. `sequence` is the last used.
	 */
	tanu_status (*sequence_next)(struct store *s, uint64_t *out, tanu_error *err);
	tanu_status (*sequence)(struct store *s, uint64_t *out, tanu_error *err);

	tanu_status (*meta_set)(struct store *s, const char *key, const void *value, size_t len,
				tanu_error *err);
	/* Appended to `out`; a key never set gives TANU_OK and nothing. */
	tanu_status (*meta_get)(struct store *s, struct buf *out, const char *key, tanu_error *err);

	/* An id that is there already: TANU_USAGE conflict. */
	tanu_status (*subject_put)(struct store *s, const struct subject_row *row, tanu_error *err);
	tanu_status (*subject_get)(struct store *s, struct subject_row *out, const tanu_id *id,
				   tanu_error *err); /* TANU_NOT_FOUND subject-missing */
	tanu_status (*subject_set)(struct store *s, const tanu_id *id, enum subject_state state,
				   uint64_t sequence, tanu_error *err);
	tanu_status (*subject_set_profile)(struct store *s, const tanu_id *id, const void *sealed,
					   size_t len, tanu_error *err);
	tanu_status (*subject_each)(struct store *s,
				    tanu_status (*each)(void *self, const struct subject_row *row,
							tanu_error *err),
				    void *self, tanu_error *err);
	/* With consents, references, look-alikes, events: everything under this id but its
	 * tombstones. An id that is not there is fine, here and in the other deletions. */
	tanu_status (*subject_delete)(struct store *s, const tanu_id *id, tanu_error *err);

	tanu_status (*consent_put)(struct store *s, const struct consent_row *row, tanu_error *err);
	tanu_status (*consent_set)(struct store *s, const tanu_id *id, tanu_consent_state state,
				   uint64_t sequence, tanu_error *err); /* REFUSED no-consent */
	tanu_status (*consent_each)(struct store *s, const tanu_id *subject, /* NULL: all */
				    tanu_status (*each)(void *self, const struct consent_row *row,
							tanu_error *err),
				    void *self, tanu_error *err);

	tanu_status (*reference_put)(struct store *s, const struct reference_row *row,
				     tanu_error *err); /* replaces the subject's former one */
	tanu_status (*reference_hold)(struct store *s, const tanu_id *subject,
				      const tanu_id *consent, tanu_error *err); /* another basis */
	tanu_status (*reference_get)(struct store *s, struct reference_row *out,
				     const tanu_id *subject, tanu_error *err); /* NOT_FOUND */
	tanu_status (*reference_each)(struct store *s,
				      tanu_status (*each)(void *self,
							  const struct reference_row *row,
							  tanu_error *err),
				      void *self, tanu_error *err);
	tanu_status (*reference_delete)(struct store *s, const tanu_id *subject, tanu_error *err);

	tanu_status (*lookalike_put)(struct store *s, const struct lookalike_row *row,
				     tanu_error *err);
	tanu_status (*lookalike_each)(struct store *s, const tanu_id *subject, /* NULL: all */
				      tanu_status (*each)(void *self,
							  const struct lookalike_row *row,
							  tanu_error *err),
				      void *self, tanu_error *err);
	tanu_status (*lookalike_delete)(struct store *s, const tanu_id *id, tanu_error *err);

	tanu_status (*event_put)(struct store *s, const struct event_row *row, tanu_error *err);
	/* In the order of time; of one instant, acts in the order of the ledger. */
	tanu_status (*event_each)(struct store *s, const tanu_id *subject,
				  tanu_status (*each)(void *self, const struct event_row *row,
						      tanu_error *err),
				  void *self, tanu_error *err);

	/* Those of this quarter and of all before it; `rows`: how many. */
	tanu_status (*event_delete)(struct store *s, const tanu_id *subject, uint16_t quarter,
				    uint64_t *rows, tanu_error *err);

	tanu_status (*tombstone_put)(struct store *s, const struct tombstone_row *row,
				     tanu_error *err);
	tanu_status (*tombstone_each)(struct store *s,
				      tanu_status (*each)(void *self,
							  const struct tombstone_row *row,
							  tanu_error *err),
				      void *self, tanu_error *err);
	tanu_status (*tombstone_delete)(struct store *s, const tanu_id *subject,
					enum tombstone_kind kind, tanu_error *err);

	/* What waits for the public log, or was placed and is not yet known to be in its files. */
	tanu_status (*log_put)(struct store *s, const struct log_entry_row *row, tanu_error *err);
	/* placed: those with a position, in that order; else those without one and without a hold,
	 * in the order of their random ids. */
	tanu_status (*log_each)(struct store *s, bool placed,
				tanu_status (*each)(void *self, const struct log_entry_row *row,
						    tanu_error *err),
				void *self, tanu_error *err);
	tanu_status (*log_place)(struct store *s, const tanu_id *id, uint64_t position,
				 tanu_error *err);
	/* Lets go what waited for this subject. */
	tanu_status (*log_release)(struct store *s, const tanu_id *subject, tanu_error *err);
	/* Deletes what has a position below `size`. */
	tanu_status (*log_trim)(struct store *s, uint64_t size, tanu_error *err);

	/* subject_delete deletes a subject's records too. */
	tanu_status (*record_put)(struct store *s, const struct record_row *row, tanu_error *err);
	tanu_status (*record_set)(struct store *s, const tanu_id *id, const void *sealed,
				  size_t len, tanu_error *err); /* TANU_NOT_FOUND record-missing */
	/* In the order of kind, time, id. */
	tanu_status (*record_each)(struct store *s, const tanu_id *subject,
				   tanu_status (*each)(void *self, const struct record_row *row,
						       tanu_error *err),
				   void *self, tanu_error *err);
	tanu_status (*record_delete)(struct store *s, const tanu_id *id, tanu_error *err);

	/* A name that is taken: TANU_USAGE conflict. Not there: TANU_NOT_FOUND record-missing. */
	tanu_status (*account_put)(struct store *s, const struct account_row *row, tanu_error *err);
	tanu_status (*account_set)(struct store *s, const tanu_id *id, const void *sealed,
				   size_t len, tanu_error *err);
	tanu_status (*account_get)(struct store *s, struct account_row *out, const tanu_id *id,
				   tanu_error *err);
	tanu_status (*account_find)(struct store *s, struct account_row *out,
				    const uint8_t lookup[TOKEN_DIGEST_LEN], tanu_error *err);
	tanu_status (*account_each)(struct store *s,
				    tanu_status (*each)(void *self, const struct account_row *row,
							tanu_error *err),
				    void *self, tanu_error *err);
	tanu_status (*account_delete)(struct store *s, const tanu_id *id, tanu_error *err);
	/* account_delete deletes an account's tokens too. */
	tanu_status (*token_put)(struct store *s, const struct token_row *row, tanu_error *err);
	/* Its times and what is sealed. */
	tanu_status (*token_set)(struct store *s, const struct token_row *row, tanu_error *err);
	tanu_status (*token_get)(struct store *s, struct token_row *out,
				 const uint8_t digest[TOKEN_DIGEST_LEN], tanu_error *err);
	tanu_status (*token_each)(struct store *s, enum token_kind kind,
				  const tanu_id *owner, /* NULL: all */
				  tanu_status (*each)(void *self, const struct token_row *row,
						      tanu_error *err),
				  void *self, tanu_error *err);
	tanu_status (*token_delete)(struct store *s, const uint8_t digest[TOKEN_DIGEST_LEN],
				    tanu_error *err);
	tanu_status (*token_delete_of)(struct store *s, enum token_kind kind, const tanu_id *owner,
				       tanu_error *err);
	/* Those that have ended. */
	tanu_status (*token_sweep)(struct store *s, int64_t now_ms, tanu_error *err);

	/* Public daily counts: "embeddings", "permits", "uses", "refusals". day: since 1970-01-01.
	 */
	tanu_status (*counter_add)(struct store *s, const char *name, int64_t day, uint64_t n,
				   tanu_error *err);
	tanu_status (*counter_sum)(struct store *s, uint64_t *out, const char *name,
				   tanu_error *err);
	tanu_status (*counter_day)(struct store *s, uint64_t *out, const char *name, int64_t day,
				   tanu_error *err);

	/* Outside a transaction. Leave no trace of deleted rows: checkpoint and truncate the
	 * write-ahead log. */
	tanu_status (*scrub)(struct store *s, tanu_error *err);
	/*
	 * Outside a transaction. The whole database as one file of this back end, as it stands now,
	 * in order; `total` is its length. Opens as a database where it is put.
	 */
	tanu_status (*copy)(struct store *s,
			    tanu_status (*write)(void *self, const void *bytes, size_t len,
						 uint64_t total, tanu_error *err),
			    void *self, tanu_error *err);
	/* Full check: the file's structure, its links, and our own rules; TANU_DAMAGED with the
	 * first finding. */
	tanu_status (*check)(struct store *s, tanu_error *err);
	const char *(*describe)(struct store *s); /* "SQLite 3.40.1, schema 1" */
};

struct store {
	const struct store_calls *calls;
};

/*
 * Back end: SQLite in one file. `create` makes a new database where none is (TANU_USAGE conflict),
 * else it must exist. Owned by another process: TANU_BUSY folder-busy; of a newer Tanu: db-version;
 * not a database of ours, or damaged: TANU_DAMAGED db-damaged, and the file is left as it is.
 */
tanu_status store_sqlite_open(struct store **out, const char *path, bool create, tanu_error *err);

#endif
