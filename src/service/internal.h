/* SPDX-License-Identifier: Apache-2.0 */
/*
 * internal.h - what the files of service/ share with each other and with their tests; nobody else
 * includes it.
 *
 * Order of every act that stores something: keys first (fsynced), then one transaction. A key
 * without its row is an orphan that the next opening drops; a row without its key was erased.
 */
#ifndef SERVICE_INTERNAL_H
#define SERVICE_INTERNAL_H

#include "service/service.h"

#include "consent/permit.h"
#include "consent/law.h"
#include "engine/engine.h"
#include "logdir/logdir.h"
#include "store/store.h"
#include "tlog/tlog.h"
#include "vault/vault.h"

#define SITE_NAME_MAX	120
#define DAY_MS		((int64_t)86400000)
#define GALLERY_CAP_MAX 1000 /* one permit each within PERMIT_LIFE_MS, and PERMIT_SPENT_MAX */

/* One call of the store's table. */
#define DB(s, call, ...) ((s)->store->calls->call((s)->store, __VA_ARGS__))

/* Which bounds a sample has to meet; one face session each. */
enum sample_use { SAMPLE_DOOR, SAMPLE_ENROL, SAMPLE_USES };

struct id_list {
	tanu_id *v;
	size_t len, cap;
};

/* The public log of the site: the files of log/, and what signs them. */
struct journal {
	char dir[OS_PATH_MAX];
	struct log_files files;
	struct signer signer;
	tanu_checkpoint head; /* the last one signed; size 0: none */
	tanu_error stopped;   /* why nothing is signed any more; TANU_OK: it goes on */
	tanu_error refused[LOG_WITNESSES_MAX]; /* why a witness did not cosign, when last asked */
};

/* A key or a reference that an erasure takes; see erase_record.c. */
struct erased_name {
	struct key_name key;
	bool is_reference; /* of the subject of `key` */
	tanu_id reference;
};
struct erased_names {
	struct erased_name *v;
	size_t len, cap;
};

/* The last leaf of somebody who has left: her key is gone, and her receipt proves it. */
struct farewell {
	tanu_id subject; /* zero: nobody */
	uint16_t generation;
	uint64_t n;
	tanu_leaf leaf;
	char event[TANU_EVENT_MAX + 1];
	struct buf record; /* of the erasure, as the event commits to it */
};

/* When a gate asked last, since the folder was opened. */
#define GATES_ASKED_MAX 256
struct gate_asked {
	tanu_id gate;
	int64_t at_ms;
	bool in_lockdown; /* it said so then */
};

struct service {
	char dir[OS_PATH_MAX];
	char models_dir[OS_PATH_MAX]; /* "": default search */
	char program[64];	      /* "tanu 0.1.0"; "": says nothing of itself in the log */
	struct clock_source clock;
	struct random_source random;
	struct log_witnesses witnesses;
	struct os_lock lock;
	struct settings settings;
	struct settings written; /* as tanu.ini has them by now; empty: as `settings` */
	struct store *store;
	struct permit_book *book;
	struct vault *vault;
	struct chip_source chip; /* the TPM, where the root of the keys is in one */
	char tcti[128], owner_auth[65];
	bool any_root;
	tanu_id site;		    /* random id that ties the database to its keys */
	struct face_engine *engine; /* NULL until the first face comes */
	bool engine_lent;	    /* the caller's */
	/* Around what takes long and touches nothing here (service_options). */
	void (*pause)(void *self);
	void (*resume)(void *self);
	void *pause_self;
	tanu_calibration calibration; /* of the model, raised by the site's own */
	uint8_t model[TANU_MODEL_DIGEST];
	bool calibrated;			      /* the two above are filled */
	uint64_t embeddings_counted, permits_counted; /* already in the store's counters */
	struct id_list embedded; /* whose faces, one entry each time; not yet in their heads */
	size_t repaired_tombstones, dropped_orphans, expired;
	size_t aged; /* people whose references ended by their age */
	struct gate_asked asked[GATES_ASKED_MAX];
	size_t asked_len;
	struct erased_names gone; /* by the last erasure */
	tanu_error notice;	  /* why the holder's notice could not be written */
	size_t erased_late;
	int64_t late_since_ms; /* request of the oldest */
	bool rolled_back;
	int64_t known_ms; /* the latest time of the site's writes; 0: none is known */
	size_t held;	  /* consents past their end, not yet erased for the clock's sake */
	struct journal journal;
	struct farewell farewell; /* of who left last */
	/* To be called once, by the transaction that moves the ledger (service_mark). */
	tanu_status (*mark)(void *self, tanu_error *err);
	void *mark_self;
	uint64_t mark_sequence; /* of the ledger, when the transaction began */
};

/* ---- lists.c: growing arrays ---- */

tanu_status id_list_add(struct id_list *list, const tanu_id *id, tanu_error *err);
void id_list_sort(struct id_list *list);
bool id_list_has(const struct id_list *sorted, const tanu_id *id);
void id_list_free(struct id_list *list);

struct consent_list {
	tanu_consent *v;
	size_t len, cap;
};
tanu_status consent_list_add(struct consent_list *list, const tanu_consent *c, tanu_error *err);
void consent_list_free(struct consent_list *list);

struct key_list {
	struct key_name *v;
	size_t len, cap;
};
tanu_status key_list_add(struct key_list *list, const tanu_id *subject, enum key_kind kind,
			 uint16_t quarter, tanu_error *err);
void key_list_free(struct key_list *list);

/* ---- record.c: what lies inside the sealed blobs, canonical JSON ---- */

#define RECORD_VERSION 1
#define RECORD_MAX     (256 * 1024) /* bytes of one of them */

/* "access,visit"; PURPOSES_TEXT_LEN bytes hold any set. */
#define PURPOSES_TEXT_LEN 64
void purposes_text(char out[PURPOSES_TEXT_LEN], unsigned purposes);

enum {
	PURPOSES_ALL = 0
#define X(name, bit, word) | 1 << (bit)
	TANU_PURPOSE_LIST(X)
#undef X
};

/* Inside consent_row.detail. */
struct consent_detail {
	tanu_giver giver; /* NONE: of a request */
	tanu_id guardian; /* zero unless giver is a guardian */
	char language[9];
	char version[33];
	uint8_t sha256[DIGEST_LEN];
	bool assent;	/* of the child, beside a guardian's consent */
	int64_t months; /* her history is kept, as the notice said; 0: it did not say */
	char how[24];	/* as in struct consent_view, likewise */
	char form[FORM_CODE_TEXT_LEN];
	struct buf text;   /* the notice as signed; freed by consent_detail_free */
	struct buf record; /* of the act (consent_record.c); likewise */
};

/* Where a person's chain of leaves in the public log stands (docs/log.md). */
#define LOG_KEYS_MAX 32
struct log_chain {
	uint16_t generation;	      /* of her log key */
	uint64_t n;		      /* of her next leaf under it */
	tanu_leaf last;		      /* her leaf n - 1 */
	uint64_t ended[LOG_KEYS_MAX]; /* leaves under the former keys */
};

/* Of a person's rows, sealed in her profile; head.c says against what. */
struct ledger_head {
	uint64_t events;	       /* how many she has */
	uint64_t embeddings;	       /* how often features of her face were computed */
	bool locked;		       /* nothing compares with her face until she unlocks it */
	uint8_t consents[DIGEST_LEN];  /* all of her consents, every column */
	uint8_t papers[DIGEST_LEN];    /* likewise all of her papers */
	uint8_t reference[DIGEST_LEN]; /* id and times of her reference; zero: of before that */
	struct log_chain log;
};

/* Inside subject_row.profile. */
struct profile {
	struct person person;
	struct ledger_head head;
};

/* Inside event_row.sealed. Zero fields are left out, but for the first two. */
struct event_record {
	int64_t at_ms; /* as in clear; history_put fills both */
	uint64_t sequence;
	tanu_event type;
	unsigned purposes;
	tanu_id about;		/* the consent or reference it is about */
	double fmr;		/* of the threshold used */
	bool extrapolated;	/* that rate was not counted */
	tanu_error_code reason; /* of a refusal */
	const char *by;		/* who did it: self, guardian, child, officer, site, court */
	const char *recipient;	/* an authority, a relying party: at most RECIPIENT_MAX bytes */
	uint8_t document[DIGEST_LEN]; /* SHA-256 of a record, order or paper */
	int64_t due_ms;		      /* until when it lasts, or when it is due */
	uint16_t quarter;	      /* whose texts were erased */
	uint64_t before;	      /* her leaves below it have no text any more */
};
#define RECIPIENT_MAX 160

tanu_status profile_encode(struct buf *out, const struct profile *profile, tanu_error *err);
tanu_status profile_decode(struct profile *out, const struct buf *text, tanu_error *err);
tanu_status consent_detail_encode(struct buf *out, const struct consent_detail *detail,
				  tanu_error *err);
tanu_status consent_detail_decode(struct consent_detail *out, const struct buf *text,
				  tanu_error *err);
void consent_detail_free(struct consent_detail *detail);
/* Inside lookalike_row.sealed: who it is. */
tanu_status lookalike_encode(struct buf *out, const tanu_id *other, tanu_error *err);
tanu_status lookalike_decode(tanu_id *out, const struct buf *text, tanu_error *err);
tanu_status event_encode(struct buf *out, const struct event_record *event, tanu_error *err);
/* Texts are copied into `words`. */
struct event_words {
	char reason[32], by[16], recipient[RECIPIENT_MAX + 1];
};
tanu_status event_decode(struct event_record *out, struct event_words *words,
			 const struct buf *text, tanu_error *err);

/* ---- site.c ---- */

struct site_paths {
	char ini[OS_PATH_MAX], db[OS_PATH_MAX], lock[OS_PATH_MAX], keys[OS_PATH_MAX];
	char log[OS_PATH_MAX];
	char making[OS_PATH_MAX]; /* stands while a site is being made, see create.c */
};
/* Row of the store's meta table: the random id that ties database and keys. */
#define META_SITE "site-id"

tanu_status site_paths(struct site_paths *out, const char *dir, tanu_error *err);
void site_init(struct service *s, const struct service_options *options);
tanu_status site_settings_read(struct service *s, const struct site_paths *p, tanu_error *err);
/* Which TPM it would be; the settings have been read. */
void site_chip_choose(struct service *s);
tanu_status site_keys_open(struct service *s, const struct site_paths *p, tanu_error *err);
/* The keys are those of this database; `s->site` is filled. */
tanu_status keys_belong(struct service *s, const struct site_paths *p, tanu_error *err);
/* One setting changed in tanu.ini, all else as it was. */
tanu_status ini_edit(const struct site_paths *p, const char *name, const char *value,
		     tanu_error *err);
/* tanu.ini with keys.root and keys.tcti set, in the file and here. */
tanu_status site_root_write(struct service *s, const struct site_paths *p, bool tpm,
			    tanu_error *err);

/*
 * `len` bytes of keys that the site has towards others, under a row of the store's meta table;
 * random, made when first asked for, sealed.
 */
tanu_status site_secrets(struct service *s, const char *name, void *out, size_t len,
			 tanu_error *err);

tanu_status tx_begin(struct service *s, tanu_error *err);
/* Commits when `st` is TANU_OK, else rolls back and returns `st`. */
tanu_status tx_end(struct service *s, tanu_status st, tanu_error *err);
tanu_status ledger_sequence(struct service *s, uint64_t *out, tanu_error *err);
/* Make keys under the ledger's present sequence. */
tanu_status keys_add(struct service *s, const struct key_list *keys, tanu_error *err);
void id_new(struct service *s, tanu_id *out);
/* How far an active subject's ledger has come; permits ask. `self` is the service. */
tanu_status subject_sequence(void *self, uint64_t *out, const tanu_id *subject, tanu_error *err);

/* ---- settings.c ---- */

/* The commented tanu.ini of a new site, with the defaults of its profile. */
void settings_write_ini(struct buf *out, const char *site, const struct law *law);
/* `text`, an ini file, with one setting changed and all else as it was, appended to `out`. */
void settings_edit_ini(struct buf *out, const struct buf *text, const char *name,
		       const char *value);
/* Does keys.root say tpm? TANU_USAGE (setting) when it says neither. */
tanu_status settings_root(const struct settings *settings, bool *tpm, tanu_error *err);
/* Quality bounds as the operator has set them. */
void settings_bounds(tanu_quality_bounds *out, const struct settings *settings,
		     enum sample_use use);
tanu_image_limits settings_image_limits(const struct settings *settings);
int settings_majority_years(const struct settings *settings);

/* ---- law.c: whose law the site follows ---- */

/* TANU_USAGE (setting) when there is no profile of this name; `out` may be NULL. */
tanu_status law_require(const struct law **out, const char *word, tanu_error *err);
/* Defaults and bounds of setting site.profile, once the file has been read. */
tanu_status law_settle(struct settings *settings, tanu_error *err);
/* Of settings that were settled. */
const struct law *site_law(const struct service *s);
/* TANU_REFUSED (consent-rule) for what was only said, where consent.written asks for a paper. */
tanu_status writing_require(const struct service *s, const struct consent_evidence *evidence,
			    tanu_error *err);
/* TANU_REFUSED (consent-rule) below enrol.min_years. */
tanu_status face_age_require(const struct service *s, tanu_date born, tanu_date today,
			     tanu_error *err);

/* ---- ageing.c: faces change, so references end ---- */

/* The instant at which what was taken of this face then ends by its age. */
int64_t ageing_end(const struct service *s, tanu_date born, int64_t enrolled_ms);
/*
 * The end of a stored reference: as it was stored, or sooner where the settings are stricter now.
 * TANU_DAMAGED (db-damaged) when its row was edited.
 */
tanu_status reference_end(struct service *s, int64_t *out, const struct reference_row *row,
			  tanu_error *err);
/* Likewise of this person's; 0: none is stored. */
tanu_status reference_until(struct service *s, int64_t *out, const tanu_id *subject,
			    tanu_error *err);
/* TANU_NOT_FOUND (no-reference) when it has ended. */
tanu_status reference_require_young(struct service *s, const struct reference_row *row,
				    int64_t now_ms, tanu_error *err);
/* Is there a reference of hers that has not ended? */
tanu_status reference_is_young(struct service *s, bool *out, const tanu_id *subject, int64_t now_ms,
			       tanu_error *err);
/* Erase the references that have ended by what is stored with them; at each opening. */
tanu_status ageing_expire(struct service *s, int64_t now_ms, tanu_error *err);
/* Likewise one person's by the settings too, and her passes; once a day. */
tanu_status ageing_sweep(struct service *s, const tanu_id *subject, int64_t now_ms,
			 tanu_error *err);

/* ---- history.c: events, sealed under a key per subject and quarter ---- */

/* Make the key for events of `now_ms`; before the transaction that calls history_put. */
tanu_status history_ready(struct service *s, const tanu_id *subjects, size_t subjects_len,
			  int64_t now_ms, tanu_error *err);
/* Part of a transaction. `sequence` is 0 for uses. */
tanu_status history_put(struct service *s, const tanu_id *subject, uint64_t sequence,
			int64_t now_ms, const struct event_record *event, tanu_error *err);
/* The same with the event's text as it was written before, by event_encode. */
tanu_status history_keep(struct service *s, const tanu_id *subject, uint64_t sequence,
			 int64_t at_ms, const struct buf *text, tanu_error *err);
/* The same for acts that matter more than their record: a damaged or lost profile is no failure. */
tanu_status history_note(struct service *s, const tanu_id *subject, uint64_t sequence,
			 int64_t now_ms, const struct event_record *event, tanu_error *err);

/* ---- journal.c: what happened, as leaves of the public log (docs/log.md) ---- */

/*
 * Part of a transaction: the event's text becomes the person's next leaf. `hold`: it waits for her
 * erasure to finish; journal_release lets it go. Counts as one event of her history unless held.
 */
tanu_status journal_put(struct service *s, const tanu_id *subject, int64_t now_ms,
			const struct buf *event, bool hold, tanu_error *err);
tanu_status journal_release(struct service *s, const tanu_id *subject, tanu_error *err);
/*
 * Her log key is renewed: keys first, then in the transaction, after which receipts hold the new
 * key. Who has only the old one reads nothing further. TANU_REFUSED (held) after LOG_KEYS_MAX of
 * them.
 */
tanu_status journal_renew_ready(struct service *s, const tanu_id *subject, tanu_error *err);
tanu_status journal_renew(struct service *s, const tanu_id *subject, uint64_t sequence,
			  int64_t now_ms, tanu_error *err);
/* Part of a transaction: the site says something in public. */
tanu_status journal_state(struct service *s, const struct statement *statement, tanu_error *err);

/* Public daily counts of the disclosure register. */
#define COUNT_RELEASED "disclosures-released"
#define COUNT_SEALED   "disclosures-sealed"
#define COUNT_REFUSED  "disclosures-refused"
#define COUNT_EXTENDED "disclosures-extended"
/* And of the register of breaches. */
#define COUNT_BREACHES	    "breaches-opened"
#define COUNT_BREACH_PEOPLE "breaches-people"

/* ---- parity.c: the lanes at the gates, for the public log ---- */

/* Fills in what is counted from one day until before another; `*any`: there is a gate. */
tanu_status parity_state(struct service *s, struct statement *lanes, int64_t from, int64_t end,
			 bool *any, tanu_error *err);

/* ---- statements.c: what the site says in public by itself ---- */

/* A transaction of its own: counts of days and months that are over, the program, the policy. */
tanu_status statements_due(struct service *s, tanu_error *err);
/* All that is due is in the log; the witnesses have not been asked. */
tanu_status publish_due(struct service *s, tanu_error *err);

/* ---- release.c ---- */

/* A transaction of its own: persons whose due date has come are told, and the site says so. */
tanu_status disclosures_due(struct service *s, tanu_error *err);

/* ---- journal_open.c, journal_publish.c, journal_find.c ---- */

#define META_LOG_SEED	"log-seed"
#define META_LOG_ORIGIN "log-origin"
#define META_LOG_HEAD	"log-head" /* the last signed checkpoint, whole */

/* Part of the transaction that makes a site. */
tanu_status journal_create(struct service *s, tanu_error *err);
/* The log's own key, out of the database. */
tanu_status journal_signer(struct service *s, tanu_error *err);
/* Is the log in this folder signed by our key, and does it continue what the database knows? */
tanu_status journal_check_copy(struct service *s, const char *dir, tanu_error *err);
/* Finish what was signed, notice what was rolled back. Trouble of the log's files stops the log,
 * not the site: `journal.stopped` says why. */
tanu_status journal_open(struct service *s, const struct site_paths *p, tanu_error *err);
void journal_close(struct service *s);
/* The note that a checkpoint file begins with: its text and our signature. */
tanu_status journal_head_note(struct service *s, struct buf *out, const tanu_checkpoint *head,
			      tanu_error *err);
/* Bring what has a position into the files, and forget the rows. */
tanu_status journal_settle(struct service *s, tanu_error *err);
/* Put all that waits into the log. TANU_OK when nothing does; `journal.stopped` when it is. */
tanu_status journal_append(struct service *s, tanu_error *err);
/* The same, and ask the witnesses; where what follows must not wait for them, journal_append. */
tanu_status journal_publish(struct service *s, tanu_error *err);
/*
 * The signed note of this name, "checkpoint" or "newest", appended, and what it says.
 * TANU_NOT_FOUND: there is none; TANU_DAMAGED: it is not ours.
 */
tanu_status journal_note(struct service *s, tanu_checkpoint *out, struct buf *note,
			 const char *path, tanu_error *err);

/* ---- journal_policy.c: whom to trust about the log ---- */

/* The file "policy" is there. */
tanu_status policy_ready(struct service *s, tanu_error *err);
/*
 * A transaction of its own, where anything is to change: the policy has the witnesses that are
 * still listed, and have cosigned the public checkpoint now (`cosigned`, as bits) or an earlier
 * one.
 */
tanu_status policy_follow(struct service *s, uint32_t cosigned, tanu_error *err);

/* ---- journal_cosign.c: witnesses ---- */

/* Where the newest checkpoint is written before the witnesses are asked. */
const char *journal_head_path(struct service *s);
/* Ask those that have not cosigned the newest checkpoint, when it is time, and publish it. */
void journal_cosign(struct service *s);

/* Her leaves in the log, under all her keys. */
struct found_leaf {
	size_t who; /* index of the subject */
	uint16_t generation;
	uint64_t n;
	uint64_t position;
	tanu_leaf leaf;
	uint8_t opening[TANU_OPENING_LEN];
};
/* Numbers first .. end - 1 under one key of a person. */
struct leaf_span {
	tanu_id subject;
	size_t who; /* given back with what is found */
	uint16_t generation;
	uint64_t first, end;
};
/* One pass over the whole log. In the order of who, generation, n; freed by the caller. */
tanu_status leaves_find(struct service *s, struct found_leaf **out, size_t *out_len,
			const struct leaf_span *spans, size_t spans_len, tanu_error *err);
/* All leaves of these people, under all their keys; likewise in the order of who, generation, n;
 * freed by the caller. */
tanu_status journal_find(struct service *s, struct found_leaf **out, size_t *out_len,
			 const tanu_id *subjects, size_t subjects_len, tanu_error *err);
/* Overwrite the texts of all leaves of these subjects, or of those numbered below `before`, leaves
 * under former keys counted first. `before` NULL: all. */
tanu_status journal_forget(struct service *s, const tanu_id *subjects, size_t subjects_len,
			   const uint64_t *before, tanu_error *err);
/* How many of each subject's leaves, former keys first, are older than `until_ms`. */
tanu_status journal_count_before(struct service *s, uint64_t *before, const tanu_id *subjects,
				 size_t subjects_len, int64_t until_ms, tanu_error *err);

/* ---- head.c: what the sealed profile remembers of a person's rows ---- */

tanu_status profile_seal(struct service *s, struct buf *out, const tanu_id *subject,
			 const struct profile *profile, tanu_error *err);
tanu_status profile_open(struct service *s, struct profile *out, const struct subject_row *row,
			 tanu_error *err);
/* A person's profile, read and written back. */
tanu_status profile_get(struct service *s, struct profile *out, const tanu_id *subject,
			tanu_error *err);
tanu_status profile_set(struct service *s, const tanu_id *subject, const struct profile *profile,
			tanu_error *err);
tanu_status head_get(struct service *s, struct ledger_head *out, const tanu_id *subject,
		     tanu_error *err);
/* Part of a transaction: so many of them were deleted, at the end of their retention. */
tanu_status head_drop_events(struct service *s, const tanu_id *subject, uint64_t n,
			     tanu_error *err);
/* Part of a transaction: features of her face were computed `n` times more. */
tanu_status head_add_embeddings(struct service *s, const tanu_id *subject, uint64_t n,
				tanu_error *err);
/*
 * Part of a transaction: the consents are now what they should be. Only after they were read by
 * ledger_load, or after all of them have ended: else an edited row would be taken for a true one.
 */
tanu_status head_set_consents(struct service *s, const tanu_id *subject, tanu_error *err);
/* Part of a transaction: her reference is this one, made and ending then. */
tanu_status head_set_reference(struct service *s, const struct reference_row *row, tanu_error *err);
/* TANU_DAMAGED (db-damaged) when the profile knows of another, or of other times. */
tanu_status head_check_reference(const struct ledger_head *head, const struct reference_row *row,
				 tanu_error *err);
tanu_status head_set_papers(struct service *s, const tanu_id *subject,
			    const uint8_t digest[DIGEST_LEN], tanu_error *err);

/* ---- papers.c: sealed records of a person, or of the site ---- */

/* What sort of paper a record is. Numbers are stored in clear; they are only added to. */
enum record_kind {
	RECORD_GUARDIANSHIP = 1, /* of a minor: who may speak for her */
	RECORD_CONTACT = 2,
	RECORD_SCAN = 3,      /* of a paper that was signed by hand */
	RECORD_SIGNATURE = 4, /* a file with an electronic signature, and whether it holds */
	RECORD_RECEIPT = 5,   /* issued to her */
	RECORD_REQUEST = 6,   /* of hers: to see, to correct, to be forgotten */
	RECORD_OBJECTION = 7,
	RECORD_PASS = RECORD_KIND_PASS,
	RECORD_FORM = 9,    /* that was printed for her to sign */
	RECORD_NOTICE = 32, /* from here on of the site */
	RECORD_APPROVER = 33,
	RECORD_DISCLOSURE = 34,
	RECORD_BREACH = 35,
	RECORD_BACKUP = 36,
	RECORD_WITNESS = 37,
};

/* The kind is sealed with the text: a row does not open as a paper of another sort. */
uint16_t paper_version(uint8_t kind);

#define PAPER_MAX (12 << 20) /* bytes */

struct paper {
	tanu_id id;
	enum record_kind kind;
	int64_t created_ms;
	struct buf text; /* what was put; freed by paper_free */
};

/*
 * `owner`: a person, or `s->site`. All of them are TANU_DAMAGED (db-damaged) when the owner's
 * papers are not those that her profile, or the site's digest, knows of. Writing is part of a
 * transaction; each call reads the owner's papers, so hold few large ones.
 */
tanu_status paper_put(struct service *s, tanu_id *out, const tanu_id *owner, enum record_kind kind,
		      int64_t now_ms, const void *text, size_t len, tanu_error *err);
/* TANU_NOT_FOUND (record-missing) here and below when the owner has no such paper. */
tanu_status paper_set(struct service *s, const tanu_id *owner, const tanu_id *id, const void *text,
		      size_t len, tanu_error *err);
tanu_status paper_delete(struct service *s, const tanu_id *owner, const tanu_id *id,
			 tanu_error *err);
tanu_status paper_get(struct service *s, struct paper *out, const tanu_id *owner, const tanu_id *id,
		      tanu_error *err);
void paper_free(struct paper *paper); /* wipes */
/* In the order of kind, time, id; kind 0: all. The paper lives until the callback returns. */
tanu_status papers_each(struct service *s, const tanu_id *owner, enum record_kind kind,
			tanu_status (*each)(void *self, const struct paper *paper, tanu_error *err),
			void *self, tanu_error *err);
tanu_status papers_check(struct service *s, const tanu_id *owner, tanu_error *err);
/* Part of the transaction that makes a site: it has none so far. */
tanu_status papers_begin(struct service *s, tanu_error *err);

/* ---- fields.c: members of the JSON inside sealed rows ---- */

/* TANU_INPUT (json) with the key as place when it is absent, too long or no such thing. */
tanu_status sealed_text(char *out, size_t out_len, json_value object, const char *key,
			tanu_error *err);
tanu_status sealed_id(tanu_id *out, json_value object, const char *key, tanu_error *err);
tanu_status sealed_digest(uint8_t out[DIGEST_LEN], json_value object, const char *key,
			  tanu_error *err);
tanu_status sealed_date(tanu_date *out, json_value object, const char *key, tanu_error *err);
/* The index of the word; NULLs among `words` are passed over. */
tanu_status sealed_word(int *out, const char *const *words, size_t words_len, json_value object,
			const char *key, tanu_error *err);
void jw_date(struct json_w *w, const char *key, tanu_date date);
void jw_digest(struct json_w *w, const char *key, const uint8_t digest[DIGEST_LEN]);
/* Zeros say nothing, and are left out. */
void jw_digest_if_any(struct json_w *w, const char *key, const uint8_t digest[DIGEST_LEN]);
/* What an operator typed: 1 to `max` bytes on one line, else TANU_USAGE (usage). */
tanu_status text_check(const char *text, size_t max, const char *place, const char *what,
		       tanu_error *err);

/* ---- guardian_record.c, guardians.c: who may speak for a minor ---- */

tanu_status guardianship_encode(struct buf *out, const struct guardian_view *g, tanu_error *err);
tanu_status guardianship_decode(struct guardian_view *out, const struct buf *text, tanu_error *err);

struct guardian_found {
	tanu_id paper;
	struct guardian_view view; /* state 0: there is none */
};
/* TANU_REFUSED (consent-rule) unless registered and not barred on that day. */
tanu_status guardian_require(struct service *s, const tanu_id *child, const tanu_id *guardian,
			     tanu_date today, tanu_error *err);
/* The one that is not removed, if there is any; TANU_OK with a zero state when there is none. */
tanu_status guardian_find(struct service *s, struct guardian_found *out, const tanu_id *child,
			  const tanu_id *guardian, tanu_error *err);
bool guardian_is_barred(const struct guardian_view *g, tanu_date today);
/* Part of a transaction: the paper as it is now (NULL: a new one), and what happened. */
tanu_status guardianship_put(struct service *s, const tanu_id *child, const tanu_id *paper,
			     const struct guardian_view *view, tanu_event type, int64_t now_ms,
			     tanu_error *err);

/* ---- guardian_end.c ---- */

struct ending;
/* Was it given or refused by this guardian, or by any when NULL? */
bool guardian_gave(const tanu_consent *c, const tanu_id *guardian);
/* Before the transaction that the next two are part of. */
tanu_status guardian_silence_ready(struct service *s, const tanu_id *child, int64_t now_ms,
				   tanu_error *err);
/*
 * The word of this guardian, or of all when NULL, ends: consents and refusals lapse. Of `ending`
 * only the time is read.
 */
tanu_status guardian_silence(struct service *s, struct ending *ending, const tanu_id *child,
			     const tanu_id *guardian, tanu_error *err);
/* Once a transaction: a new log key for the child, whose former guardians have only the old one. */
tanu_status guardian_blind(struct service *s, const tanu_id *child, int64_t now_ms,
			   tanu_error *err);
/* A transaction of its own, and the erasure that follows: what the calendar ends. */
tanu_status guardians_sweep(struct service *s, const tanu_id *child, int64_t now_ms,
			    tanu_error *err);
/* Before a person leaves: she is nobody's guardian any more. */
tanu_status guardian_leave(struct service *s, const tanu_id *guardian, tanu_error *err);

/* ---- subjects.c ---- */

/* An active subject's name and birth date; TANU_NOT_FOUND (subject-missing) otherwise. */
tanu_status subject_person(struct service *s, struct person *out, const tanu_id *id,
			   tanu_error *err);
tanu_status subject_must_exist(struct service *s, const tanu_id *id, tanu_error *err);
tanu_status subject_ids(struct service *s, struct id_list *out, tanu_error *err); /* active */

/* ---- ledger.c: the consents of a subject, read ---- */

/* TANU_DAMAGED (db-damaged) when they are not those that her profile knows of. */
tanu_status ledger_load(struct service *s, struct consent_list *out, const tanu_id *subject,
			tanu_error *err);
/* As they stand, without their givers: only for ending all of them. */
tanu_status ledger_load_unchecked(struct service *s, struct consent_list *out,
				  const tanu_id *subject, tanu_error *err);
/* SHA-256 over all consents of the subject. */
tanu_status ledger_digest(struct service *s, uint8_t out[DIGEST_LEN], const tanu_id *subject,
			  tanu_error *err);
/* TANU_USAGE (usage) for calibration. */
tanu_status purpose_must_recognise(tanu_purpose purpose, tanu_error *err);
/* False for calibration, under which references that are there are compared. */
bool purpose_covers_reference(tanu_purpose purpose);
/* The live consent, to any such purpose, that lasts longest; NULL: none covers a reference. */
const tanu_consent *ledger_cover(const struct consent_list *list, const tanu_id *subject,
				 int64_t now_ms);
unsigned ledger_live_purposes(const struct consent_list *list, const tanu_id *subject,
			      int64_t now_ms);
tanu_status consent_detail_open(struct service *s, struct consent_detail *out,
				const struct consent_row *row, tanu_error *err);
/* The subject's consents, or TANU_REFUSED (no-consent) when none of this purpose is live. */
tanu_status consent_require(struct service *s, struct consent_list *out, const tanu_id *subject,
			    tanu_purpose purpose, int64_t now_ms, tanu_error *err);
/* Does a reference of this subject stand in the store? */
tanu_status reference_exists(struct service *s, bool *out, const tanu_id *subject, tanu_error *err);

/* ---- consents.c ---- */

tanu_date years_after(tanu_date d, int years); /* of 29 February: 28 where there is none */
tanu_status purposes_check(unsigned purposes, tanu_error *err);
tanu_status notice_check(const struct notice *notice, tanu_error *err);
/* `out` is freed by consent_detail_free, also after a failure. */
tanu_status consent_detail_fill(struct consent_detail *out, const struct consent_order *order,
				int64_t months, tanu_error *err);
tanu_status consent_detail_seal(struct service *s, struct buf *out, const tanu_id *subject,
				const tanu_id *row, const struct consent_detail *detail,
				tanu_error *err);

/* ---- fill.c: texts with the site's own numbers ---- */

struct fill_value {
	const char *name; /* "breach.what" */
	const char *text;
	bool optional; /* empty, it is no gap */
};
#define FILL(name, text)              \
	{                             \
		(name), (text), false \
	}
struct fill {
	const struct fill_value *values; /* besides the settings, which "{section.key}" names */
	size_t values_len;
	const char *const *marks; /* a line "[if word] ..." stands only under one of these */
	size_t marks_len;
	const char *gap; /* for what is empty; NULL: nothing */
};
/* `text` filled in, appended. TANU_USAGE (setting) for a name that is neither. */
tanu_status fill_text(const struct service *s, struct buf *out, const char *text, size_t len,
		      const struct fill *fill, tanu_error *err);

/* breach_draft.c: what stands in a draft where the site has said nothing. */
const char *fill_gap(enum law_language language);
/* May such a consent be given? Before a transaction. */
tanu_status consent_check(struct service *s, const struct consent_order *order, int64_t now_ms,
			  tanu_error *err);

/* ---- requests.c ---- */

struct known_notice;
/* Has the answer been no of late? */
tanu_status consent_request_check(struct service *s, const struct consent_list *ledger,
				  const struct consent_order *order, int64_t now_ms,
				  tanu_error *err);
/* Part of a transaction: a request for each purpose. */
tanu_status consent_request_put(struct service *s, const struct consent_list *ledger,
				const struct consent_order *order, struct known_notice *notice,
				int64_t now_ms, tanu_error *err);

/* ---- evidence.c: what a yes or no was signed on ---- */

const char *evidence_how(const struct consent_evidence *evidence); /* NULL: "" */
/* TANU_REFUSED (consent-rule) for a signature that is false. */
tanu_status evidence_check(const struct consent_evidence *evidence, tanu_error *err);
/* Part of a transaction: scans and signature files as papers, and that they were added. */
tanu_status evidence_put(struct service *s, const tanu_id *subject,
			 const struct consent_evidence *evidence, int64_t now_ms, tanu_error *err);
/* The member "evidence" of a record. */
void evidence_write(struct json_w *w, const struct consent_evidence *evidence);

/* ---- form_code.c, form_record.c, forms.c, form_answer.c: printed, signed, handed in ---- */

#define FORM_NUMBER_LEN 8  /* random */
#define FORM_CODE_LEN	15 /* number | first bytes of the site's id 3 | of a MAC 4 */
/* Six groups of four letters that are not taken for each other. */
void form_code_text(char out[FORM_CODE_TEXT_LEN], const uint8_t code[FORM_CODE_LEN]);
bool form_code_parse(uint8_t out[FORM_CODE_LEN], const char *text);
void form_code_make(struct service *s, uint8_t out[FORM_CODE_LEN],
		    const uint8_t number[FORM_NUMBER_LEN]);
/* TANU_REFUSED (form): of another site, or not made here. */
tanu_status form_code_check(struct service *s, const uint8_t code[FORM_CODE_LEN], tanu_error *err);
/* TANU_INPUT (format): this is not what a form's QR code holds. */
tanu_status form_link_parse(struct form_scan *out, const struct buf *link, tanu_error *err);

/* Inside a paper of kind RECORD_FORM: all but id, subject, times and state. */
tanu_status form_encode(struct buf *out, const struct form_view *form, tanu_error *err);
tanu_status form_decode(struct form_view *out, const struct buf *text, tanu_error *err);
/* Part of a transaction: its answers so far. */
tanu_status form_note(struct service *s, const tanu_id *subject, const tanu_id *form,
		      unsigned given, unsigned refused, tanu_error *err);
/* With its state at this instant. TANU_NOT_FOUND (record-missing). */
tanu_status form_get(struct service *s, struct form_view *out, const tanu_id *subject,
		     const tanu_id *form, tanu_error *err);
/* Which of its purposes wait for an answer to this very form. */
unsigned form_waits_for(const struct form_view *form, const struct consent_list *ledger,
			int64_t now_ms);

/* ---- notices.c: the texts that people agree to ---- */

struct known_notice {
	struct notice_view view;       /* id zero: not registered yet */
	int64_t months[PURPOSES_BITS]; /* of retention, when it was registered */
	struct buf text;	       /* freed by known_notice_free */
};
tanu_status notice_encode(struct buf *out, const struct known_notice *notice, tanu_error *err);
tanu_status notice_decode(struct known_notice *out, const struct buf *text, tanu_error *err);
/*
 * The notice as it is registered, or as it would be: TANU_USAGE (conflict) when another text stands
 * under its version.
 */
tanu_status notice_settle(struct service *s, struct known_notice *out, const struct notice *notice,
			  tanu_error *err);
/* Part of a transaction: a paper of the site and a public statement, unless it has them. */
tanu_status notice_register(struct service *s, struct known_notice *notice, int64_t now_ms,
			    tanu_error *err);
void known_notice_free(struct known_notice *notice);

/* ---- consent_record.c: an act about consent, for receipts ---- */

struct record_act {
	struct service *s;
	enum consent_record_kind kind;
	tanu_id record; /* its number */
	tanu_id subject;
	const char *by;			      /* as in the history; NULL: not said */
	const struct guardian_view *guardian; /* who said it, when it was one */
	unsigned purposes;
	const tanu_id *ids;		  /* PURPOSES_BITS of them: of the consents; zero: none */
	const int64_t *months;		  /* likewise of retention; NULL: not said */
	const struct notice_view *notice; /* NULL: none was shown */
	const struct consent_evidence *evidence; /* NULL: it was said */
	bool assent;
	int64_t at_ms, not_after_ms;
	/* filled in here */
	uint64_t embeddings;
	const char *controller;
};
/* Appended; `sha256_out` is of what `out` holds then. */
tanu_status consent_record_make(struct buf *out, uint8_t sha256_out[DIGEST_LEN],
				const struct record_act *act, tanu_error *err);

/* ---- retention.c: how long histories are kept ---- */

/* Of the settings; NONE: of acts that no purpose explains. */
int64_t retention_months(const struct service *s, tanu_purpose purpose);
/*
 * Erase what is too old: texts in the public log, event rows, history keys. Each person finds in
 * her history that it was done.
 */
tanu_status retention_sweep(struct service *s, int64_t now_ms, tanu_error *err);

/* ---- lock.c ---- */

/* TANU_REFUSED (held) while the person has locked her face. */
tanu_status lock_require(struct service *s, const tanu_id *subject, tanu_error *err);

/* ---- answers.c ---- */

/* "self", "child", "guardian": who says it, as the history has it; NULL for nobody. */
const char *giver_word(tanu_giver by, bool minor);

/* ---- peers.c: people who agreed to be compared with each other ---- */

/* Open a subject's reference under a permit of its own. */
tanu_status reference_open(struct service *s, tanu_reference *out, const tanu_id *subject,
			   tanu_purpose purpose, enum permit_claim claim, tanu_error *err);
/* Is there a live consent to calibration at this instant? False too when nobody is there. */
tanu_status peer_agrees(struct service *s, bool *out, const tanu_id *subject, int64_t now_ms,
			tanu_error *err);
/* Everybody who is enrolled and agrees, in the order of random ids. */
tanu_status peers_find(struct service *s, struct id_list *out, int64_t now_ms, tanu_error *err);

/* ---- calibration.c ---- */

/*
 * The calibration that holds here: the model's, raised by the site's own. TANU_DAMAGED
 * (db-damaged) when the site's own can't be read: nothing is decided then.
 */
tanu_status site_calibration(struct service *s, const tanu_calibration **out, tanu_error *err);
/* Of the model alone, and the digest of its weights. */
tanu_status model_calibration(struct service *s, tanu_calibration *out,
			      uint8_t model[TANU_MODEL_DIGEST], tanu_error *err);

/* ---- overlay.c: the site's own curve, as the store's meta table holds it ---- */

#define META_CALIBRATION "calibration"
/*
 * Fewer people make fewer than TAIL_MIN * 2 pairs in the top tenth, too few to fit a tail on one
 * half and check it on another; and with so many no point of the curve rests on a single pair, by
 * which somebody could find out about one person.
 */
#define CALIBRATION_PEOPLE_MIN 50

struct overlay {
	tanu_calibration calibration;
	uint8_t model[TANU_MODEL_DIGEST];
	int64_t people;
	tanu_date date;
};
tanu_status overlay_encode(struct buf *out, const struct overlay *overlay, tanu_error *err);
tanu_status overlay_decode(struct overlay *out, const struct buf *text, tanu_error *err);
/* No threshold falls. What the overlay does not reach is cut off rather than guessed. */
void overlay_raise(tanu_calibration *calibration, const struct overlay *overlay);

/* ---- lookalike.c ---- */

/* Who of the others looks like a new reference, and with whom it was compared. */
struct lookalikes {
	struct id_list alike, compared;
	tanu_threshold threshold;
};
/* Before a transaction: compares where both consents cover it. */
tanu_status lookalikes_find(struct service *s, struct lookalikes *out, const tanu_id *subject,
			    const struct consent_list *ledger, const tanu_reference *reference,
			    tanu_error *err);
/* Part of a transaction: in place of those noted so far. */
tanu_status lookalikes_put(struct service *s, const struct lookalikes *found,
			   const tanu_id *subject, int64_t now_ms, tanu_error *err);
/* Part of a transaction: those of the subject, and those of others that name the subject. */
tanu_status lookalikes_drop(struct service *s, const tanu_id *subject, tanu_error *err);
/* A transaction of its own: those whose two people do not both agree any more. */
tanu_status lookalikes_sweep(struct service *s, int64_t now_ms, tanu_error *err);
void lookalikes_free(struct lookalikes *found);
/* Does somebody here look like the subject, both agreeing to know that much? */
tanu_status second_factor_needed(struct service *s, bool *out, const tanu_id *subject,
				 tanu_error *err);

/* ---- erase.c ---- */

/* Which consents end, and as what. */
struct ending {
	bool expired;		      /* those past their end; else those that are not */
	tanu_consent_state state;     /* becomes WITHDRAWN, EXPIRED or LAPSED */
	tanu_event event;	      /* NONE: no history, the subject leaves */
	const char *by;		      /* who ends them, a word for the history; NULL: not said */
	uint8_t document[DIGEST_LEN]; /* of the record of the act, for the history; zero: none */
	unsigned purposes;	      /* set */
	bool guardians;		      /* only those that a guardian gave */
	const tanu_id *guardian;      /* and only this one; NULL: any */
	int64_t majority_ms;	      /* a guardian's that lasts until then lapses; 0: not known */
	int64_t now_ms;
	unsigned ended; /* out: purposes */
	size_t count;	/* out: consents that ended */
	bool entombed;	/* out: the reference is to be erased */
};

/*
 * Part of a transaction. A reference that no live consent covers any more gets a tombstone, else it
 * is hung on the one that lasts longest. Rows that were edited are no hindrance when all end.
 */
tanu_status consents_end(struct service *s, struct ending *ending, const tanu_id *subject,
			 tanu_error *err);
/* Is it among those that end? */
bool ending_takes(const struct ending *ending, const tanu_consent *c);

struct erased {
	size_t tombstones;
};
/* Kill the keys of all tombstones, delete their rows, scrub. */
tanu_status tombstones_finish(struct service *s, struct erased *out, tanu_error *err);
void erasure_receipt_fill(struct service *s, struct erasure_receipt *out, const tanu_id *subject,
			  const struct ending *ending);

/* ---- erase_record.c ---- */

/* Before they go: the names of all keys and references of these people, into `s->gone`. */
tanu_status erasure_name(struct service *s, const struct id_list *bio,
			 const struct id_list *leaving, tanu_error *err);
/* By when an erasure that was asked for at this time must be done. */
int64_t erasure_due(const struct service *s, int64_t requested_ms);
/* It is done now; counted when that is too late. */
void erasure_note_time(struct service *s, int64_t requested_ms, int64_t now_ms);
/* After it, and after subject and time of the request are filled in: all else that is known. */
void erasure_receipt_detail(struct service *s, struct erasure_receipt *out);
/* Part of it: the gates that had been lent the reference. */
void erasure_gates(struct service *s, struct erasure_receipt *out);
/* After recovery_tell: does the holder of the recovery key know? */
bool erasure_holder_told(const struct service *s, const struct erasure_receipt *receipt);
/* Before it: what will have gone, all that erasure_name has named. */
void erasure_receipt_expect(const struct service *s, struct erasure_receipt *out);

/* ---- recovery_notice.c; recovery.h has the rest ---- */

/* Part of the transaction that deletes people: they go onto the list of the notice. */
tanu_status recovery_note_erased(struct service *s, const struct id_list *people, int64_t now_ms,
				 tanu_error *err);
/* Write the notice where setting recovery.notice says; `s->notice` tells of trouble. */
void recovery_tell(struct service *s);
/* Until when backups that were made open with the recovery key; 0: none does. */
int64_t recovery_horizon(struct service *s);

/* ---- repair.c ---- */

tanu_status site_repair(struct service *s, tanu_error *err);

/* ---- upkeep.c: what ends by itself ---- */

/*
 * Consents and requests past their end; the word of guardians whose child has come of age, or whom
 * a court has barred from today on. What they alone covered is erased. When the clock has jumped
 * nothing is done but counted, into `held`.
 */
tanu_status upkeep(struct service *s, int64_t now_ms, tanu_error *err);

/* ---- clock.c: is the machine's clock to be believed? ---- */

tanu_status clock_load(struct service *s, const char *place, tanu_error *err);
bool clock_behind(const struct service *s, int64_t now_ms);
bool clock_jumped(const struct service *s, int64_t now_ms);
/* TANU_REFUSED (clock) when it is behind: before consents and permits. */
tanu_status clock_require(struct service *s, int64_t now_ms, tanu_error *err);
/* Part of every transaction: remember the time. `*marked_ms` is known_ms after its commit. */
tanu_status clock_mark(struct service *s, int64_t *marked_ms, tanu_error *err);
/* A transaction for it, once a day at most. */
tanu_status clock_refresh(struct service *s, tanu_error *err);

/* ---- counts.c: embeddings made, permits spent ---- */

/* Part of a transaction: bring the store's counters up to what happened since the last call. */
tanu_status counts_put(struct service *s, int64_t now_ms, bool refused, tanu_error *err);
/* After its commit. */
void counts_settle(struct service *s);
/*
 * A transaction of its own for a refused use: counters, and the event of a known person (`subject`
 * may be NULL). Should it fail, the counts go with the next one.
 */
tanu_status refusal_put(struct service *s, const tanu_id *subject, tanu_event event,
			unsigned purposes, const char *recipient, const tanu_error *why);

/* ---- engine.c: models and sessions, opened when the first face comes ---- */

tanu_status engine_ready(struct service *s, tanu_error *err);
void engine_drop(struct service *s);
void engine_options(const struct service *s, tanu_session_options *out, enum sample_use use);
/* Others may use the service between these two; what was read before may have changed after. */
struct service_pause {
	tanu_status (*mark)(void *self, tanu_error *err);
	void *mark_self;
};
struct service_pause service_pause(struct service *s);
void service_resume(struct service *s, const struct service_pause *pause);

/* ---- sample.c: one photograph ---- */

struct sample {
	tanu_image *image;
	struct face_look *look;
	const tanu_face *face; /* the chosen one */
	enum sample_use use;
};
/* Decoded in the sandbox and measured by the bounds of out->use, while others may use the service.
 */
tanu_status sample_look(struct service *s, struct sample *out, const struct photograph *photo,
			tanu_error *err);
/* The same, and the face held against the bounds. No features. */
tanu_status sample_read(struct service *s, struct sample *out, const struct photograph *photo,
			enum sample_use use, struct sample_result *result, tanu_error *err);
/*
 * Features, under a permit that is spent here. TANU_REFUSED (face-quality) when they say too
 * little: the face is covered, turned away or blurred.
 */
tanu_status sample_embed(struct service *s, tanu_embedding *out, const struct sample *sample,
			 const struct permit *permit, const tanu_id *subject, tanu_error *err);
void sample_close(struct service *s, struct sample *sample);

/* ---- fuse.c: several photographs, one reference ---- */

/*
 * Which of the embeddings show the same person: `keep[i]`. One after the other the one furthest
 * from the rest is dropped while its mean score to them is under `threshold`. TANU_REFUSED
 * (face-quality) when no majority is left that agrees.
 */
tanu_status fuse_select(bool *keep, const tanu_embedding *embeddings, size_t len, float threshold,
			tanu_error *err);

/* ---- enrol.c ---- */

/* A live consent covers a reference; its purpose, which is that of the enrolment. */
tanu_status cover_require(struct service *s, struct consent_list *ledger, tanu_purpose *purpose,
			  const tanu_id *subject, int64_t now_ms, tanu_error *err);
/* What enrolment keeps of the photographs, wherever it is kept. */
tanu_status enrol_photos(struct service *s, tanu_embedding *out, struct enrol_result *result,
			 const tanu_id *subject, const struct photograph *photos, size_t photos_len,
			 tanu_error *err);
/* A refused enrolment stands in the history; `why` is handed on. */
tanu_status enrol_refused(struct service *s, struct enrol_result *out, const tanu_id *subject,
			  tanu_status st, const tanu_error *why, tanu_error *err);

/* ---- pass_record.c, passes.c, pass_issue.c, pass_use.c: references that the person holds ---- */

tanu_status storage_check(const struct settings *settings, tanu_error *err); /* storage.mode */
tanu_status pad_check(const struct settings *settings, tanu_error *err);     /* match.pad */
bool pad_is_sequence(const struct service *s);
/* TANU_USAGE (setting) where references are kept in another way. */
tanu_status storage_require(const struct service *s, enum storage_mode mode, tanu_error *err);

/* Inside a paper of kind RECORD_PASS. */
struct pass_paper {
	uint16_t generation;
	tanu_date until;
	bool spare;
	int64_t revoked_ms; /* 0: not revoked */
};
tanu_status pass_paper_encode(struct buf *out, const struct pass_paper *paper, tanu_error *err);
tanu_status pass_paper_decode(struct pass_paper *out, const struct buf *text, tanu_error *err);

/* The names of all keys of passes that a person has. */
tanu_status pass_keys(struct service *s, struct key_list *out, const tanu_id *subject,
		      tanu_error *err);
/* Is there a key that opens a pass of hers? */
tanu_status pass_exists(struct service *s, bool *out, const tanu_id *subject, tanu_error *err);
/*
 * Part of a transaction: those of her passes that were not revoked are from now on, one of them
 * where `number` is not NULL. Their keys are added to `keys`, to be killed after the commit.
 */
tanu_status passes_end(struct service *s, struct key_list *keys, const tanu_id *subject,
		       const uint8_t *number, uint64_t sequence, int64_t now_ms, tanu_error *err);
/* The same for keys that are gone already; edited papers are no hindrance. */
tanu_status passes_mark(struct service *s, const tanu_id *subject, int64_t now_ms, tanu_error *err);
/* Of the keys of passes: has she a pass of this generation that was not revoked? */
tanu_status pass_key_needed(struct service *s, bool *out, const struct key_name *name,
			    tanu_error *err);
/* Has she a pass that was not revoked, while no key of any is left? In an old database only. */
tanu_status passes_keyless(struct service *s, bool *out, const tanu_id *subject, tanu_error *err);

/*
 * Put an embedding on passes under a live consent: keys, then papers and events in one transaction,
 * then the end of former keys. service_pass_issue ends here.
 */
tanu_status passes_keep(struct service *s, struct pass_issued *out, const tanu_id *subject,
			const tanu_embedding *embedding, size_t count, tanu_error *err);
/* What can be known of a shown pass before a photograph is opened; `*paper` is its paper's id. */
tanu_status pass_claim(struct service *s, tanu_id *paper, const tanu_id *subject,
		       const struct pass *pass, tanu_error *err);
/* Under a permit of PERMIT_CLAIM_PASS, after pass_claim. */
tanu_status pass_open(struct service *s, tanu_reference *out, const struct permit *permit,
		      const tanu_id *subject, const struct pass *pass, tanu_error *err);
/* What is sealed with the reference besides the person: the head as printed, and the site. */
#define PASS_AD_LEN (PASS_HEAD_LEN + TANU_ID_LEN)
void pass_ad(const struct service *s, uint8_t out[PASS_AD_LEN], const struct pass_head *head);

/* ---- photo.c ---- */

/* Paths as photographs; `out` takes SAMPLES_MAX. */
void photos_of_paths(struct photograph *out, const char *const *paths, size_t len);
/* Its pixels, decoded in the sandbox. */
tanu_status photo_decode(tanu_image **out, const struct photograph *photo,
			 const tanu_image_limits *limits, tanu_error *err);

/* ---- frames.c: photographs of one face, each embedded under a permit of its own ---- */

struct frames {
	struct service *s;
	const tanu_id *subject;
	const struct consent_list *ledger;
	tanu_purpose purpose;
	enum permit_claim claim;
	const tanu_id *recipient; /* of claim RECIPIENT */
	enum sample_use use;
	struct permit permit; /* of the last that was embedded */
	tanu_embedding embedding[SAMPLES_MAX];
	size_t photo[SAMPLES_MAX]; /* which photograph embedding[i] is of */
	size_t len;
};
/*
 * Embed what can be used of at most SAMPLES_MAX photographs, and tell of each in `results`. One
 * that is spoilt costs only itself; none that can be used is an error.
 */
tanu_status frames_embed(struct frames *f, struct sample_result *results, size_t *results_len,
			 const struct photograph *photos, size_t photos_len, tanu_error *err);
/* Which show the same face as most of them: `keep[i]`; the others are refused in `results`. */
tanu_status frames_select(const struct frames *f, bool *keep, size_t *used,
			  struct sample_result *results, float threshold, tanu_error *err);
void frames_wipe(struct frames *f);

/*
 * Store a reference of the subject under a live consent and a permit of its own: bio key, seal,
 * row, event, in crash order. service_enrol ends here; tests of crash safety begin here.
 */
tanu_status reference_keep(struct service *s, tanu_id *out, const tanu_id *subject,
			   const tanu_reference *reference, tanu_error *err);

#endif
