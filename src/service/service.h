/* SPDX-License-Identifier: Apache-2.0 */
/*
 * service.h - the use cases: add, consent, enrol, verify, identify, withdraw, erase. The one place
 * where consent, vault, match and store meet. Programs and the API call these and nothing below.
 */
#ifndef SERVICE_SERVICE_H
#define SERVICE_SERVICE_H

#include "codec/codec.h"
#include "codec/pass.h"
#include "liveness/liveness.h"
#include "os/os.h"

#include <tanu/consent.h>
#include <tanu/face.h>
#include <tanu/log.h>
#include <tanu/match.h>
#include <tanu/receipt.h>

struct service;
struct hash_source; /* <tlog/tlog.h>: the hashes of a log */

/*
 * The witnesses of the log (docs/witness.md), handed in because service/ knows no network. With
 * each batch they are asked for their cosignatures; whoever does not answer holds up nothing else.
 * A program that can ask nobody leaves it zero: what witnesses have cosigned stays public then, as
 * if they did not answer. `ask` with `len` 0 says that the site has none.
 */
#define LOG_WITNESSES_MAX 32
struct log_witnesses {
	size_t len;
	const tanu_verifier *verifiers; /* `len` of them, borrowed until the site is closed */
	/*
	 * Ask number `which` to cosign a signed checkpoint, and append its line to `line`. `hashes`
	 * are those of this log, for the proof that it continues what that witness has seen.
	 */
	tanu_status (*ask)(void *self, size_t which, struct buf *line,
			   const struct hash_source *hashes, const char *note, size_t note_len,
			   int timeout_ms, tanu_error *err);
	void *self;
	tanu_error trouble; /* why the list of them can't be read; TANU_OK: it can, or is none */
};
struct face_engine;

struct service_options {
	const char *data_dir;
	const char *models_dir; /* NULL: default search */
	const char *program;	/* "tanu 0.1.0", for the public log; NULL: says nothing of itself */
	struct clock_source clock;	/* zero: the machine's */
	struct random_source random;	/* zero: the machine's */
	struct log_witnesses witnesses; /* zero: nobody can be asked */
	const char *profile;		/* create: setting site.profile; NULL: none */
	/* A lock on the folder that the caller has already; it becomes the service's. NULL: none.
	 */
	struct os_lock *lock;
	/* Where a server has the folder: ask it to lend it, until this service is closed. */
	bool borrow;
	/*
	 * Who measures faces; it stays the caller's. NULL: this process, by models of its own.
	 * `pause` and `resume` (NULL: nobody waits) are called around decoding and measuring, which
	 * touch nothing of the service: a server lets others at it meanwhile.
	 */
	struct face_engine *engine;
	void (*pause)(void *self);
	void (*resume)(void *self);
	void *pause_self;
	/* Where the root of the keys is, for making a site and moving the root: */
	bool tpm;		/* create: in a TPM, else in files */
	const char *tcti;	/* the way to it; NULL: setting keys.tcti */
	const char *owner_auth; /* password of its owner; NULL: none */
	bool any_root;		/* open: also where setting keys.root says otherwise */
};

/* The operator's settings, drawn on by man page and doctor. */
const struct setting_row *service_settings(size_t *count);
/* Bounds on a face at a door and to enrol: of this site, or of one that sets none (`s` NULL). */
tanu_status service_bounds(const struct service *s, tanu_quality_bounds *door,
			   tanu_quality_bounds *enrol, tanu_error *err);
/* What a number is where no site has set it. The name must be in the table (asserted). */
double service_setting_default(const char *name);

/* What the profile of the site (setting site.profile) makes of a setting. */
struct profile_rule_view {
	const char *setting;
	const char *value;   /* in force */
	const char *profile; /* the profile's own */
	const char *bound;   /* "at least", "at most", ...; "": only a default */
	bool lifted;	     /* the bound does not hold here, by another setting */
	const char *source;  /* law and article; docs/jurisdictions.md */
};
const char *service_profile(const struct service *s);
tanu_status service_profile_each(const struct service *s,
				 tanu_status (*each)(void *self, const struct profile_rule_view *v,
						     tanu_error *err),
				 void *self, tanu_error *err);

/* Make a data folder: tanu.ini, tanu.db, keys/. An existing site is TANU_USAGE (folder-exists). */
tanu_status service_create(const struct service_options *options, const char *site,
			   tanu_error *err);
/* Opens, takes the lock, finishes tombstones, drops orphan keys, expires consents. */
tanu_status service_open(struct service **out, const struct service_options *options,
			 tanu_error *err);
void service_close(struct service **service);
const struct settings *service_setting_values(const struct service *service);

/*
 * Put all that waits into the public log, with the statements that are due: counts of the days that
 * are over, the program, the policy. Acts are durable before; this makes them visible to others.
 * TANU_DAMAGED (log-fork, log-damaged): the log's files do not fit, and nothing is signed. The
 * witnesses are asked as well, within setting log.witness_seconds; that they do not answer is no
 * failure: service_log_cosigners_each tells.
 */
tanu_status service_publish(struct service *s, tanu_error *err);

/* How far the log has come, and how much of it everybody is shown. */
struct log_standing {
	uint64_t size;	       /* entries under the newest signed checkpoint */
	uint64_t published;    /* under the one that is served as `checkpoint` */
	int64_t held_since_ms; /* since when they differ: witnesses are waited for; 0: they don't */
	size_t witnesses;
	tanu_error trouble; /* why the list of witnesses can't be read; TANU_OK: it can */
};
tanu_status service_log_standing(struct service *s, struct log_standing *out, tanu_error *err);
struct log_cosigner {
	const char *name;
	uint64_t size;	/* of the newest kept checkpoint that it has cosigned; 0: none */
	int64_t at_ms;	/* when, as it says */
	tanu_error why; /* why it did not cosign when it was last asked; TANU_OK: it did, or was
			   not asked since the site was opened */
};
tanu_status service_log_cosigners_each(struct service *s,
				       tanu_status (*each)(void *self,
							   const struct log_cosigner *cosigner,
							   tanu_error *err),
				       void *self, tanu_error *err);
/*
 * Publish what is due, then ask all of them, `timeout_ms` each, also those that have cosigned.
 * Whoever did not is no failure of the call, but has a `why`.
 */
tanu_status service_log_cosign(struct service *s, int timeout_ms, tanu_error *err);

/*
 * Move the root of the keys into the TPM that the options of opening name, or into files, and say
 * so in tanu.ini. Copies of the folder from before keep their root. After a failure: ask again.
 */
tanu_status service_root_move(struct service *s, bool tpm, tanu_error *err);

/* ---- for a server on this site ---- */

struct store;
/* The site's database, for accounts and what else belongs to no person. The service's own guard is
 * around it. */
struct store *service_store(struct service *s);
/* 32 bytes that only this site has, for the server alone; made at the first call. */
tanu_status service_server_key(struct service *s, uint8_t out[32], tanu_error *err);
/*
 * `mark` is called once by the next transaction that moves the ledger, just before its commit, and
 * is part of it; when it fails nothing is kept. NULL: no longer.
 */
void service_mark(struct service *s, tanu_status (*mark)(void *self, tanu_error *err), void *self);
/* Where the files of the public log are. */
tanu_status service_log_dir(const struct service *s, char *out, size_t out_len, tanu_error *err);
/* Another hold on the folder's lock, which stays when the service is closed. */
tanu_status service_lock_copy(const struct service *s, struct os_lock *out, tanu_error *err);
/* The page that checks receipts, whose digest the log states; it may not be there. */
tanu_status service_page_path(char *out, size_t out_len, tanu_error *err);
bool service_is_minor(const struct service *s, tanu_date born);
/* From setting consent.assent_years on a minor is asked herself, and says no by herself. */
bool service_is_asked(const struct service *s, tanu_date born);
/* The settings as tanu.ini has them by now. */
const struct settings *service_settings_written(const struct service *s);
/* Into tanu.ini; what is reloadable holds at once, the rest from the next opening on. TANU_USAGE
 * (setting). */
tanu_status service_setting_set(struct service *s, const char *name, const char *value,
				tanu_error *err);

/* ---- subjects ---- */

#define NAME_MAX_BYTES 200
struct person {
	char name[NAME_MAX_BYTES + 1]; /* UTF-8, no control characters */
	tanu_date born;
};

struct subject_view {
	tanu_id id;
	struct person person;
	int64_t created_ms;
	bool enrolled;		   /* a reference is stored */
	int64_t enrolled_until_ms; /* it ends then by its age; 0: none is stored */
	bool second_factor;	   /* somebody here looks alike: the face alone must not decide */
	bool locked;		   /* by herself: nothing compares with her face */
	unsigned live_purposes;	   /* set of tanu_purpose */
	uint64_t embeddings;	   /* how often features of her face were computed here, ever */
	bool damaged;		   /* her rows do not verify; what can't be read is zero */
};

/* From what somebody typed; `born` is YYYY-MM-DD. */
tanu_status service_person_set(struct person *out, const char *name, const char *born,
			       tanu_error *err);
/* Could she be added? TANU_USAGE (usage, date) with what is wrong as the place: "name", "born". */
tanu_status service_person_check(const struct service *s, const struct person *person,
				 tanu_error *err);
tanu_status service_subject_add(struct service *s, tanu_id *out, const struct person *person,
				tanu_error *err);
/* All of them in one transaction and one write per key bucket. */
tanu_status service_subject_add_many(struct service *s, tanu_id *out, const struct person *people,
				     size_t people_len, tanu_error *err);
/*
 * By id, or by an id prefix of at least 6 digits in either case, or by exact name when only one
 * fits. A damaged person has no name here, and is found by id.
 */
tanu_status service_subject_find(struct service *s, tanu_id *out, const char *text,
				 tanu_error *err);
tanu_status service_subject_get(struct service *s, struct subject_view *out, const tanu_id *id,
				tanu_error *err);
tanu_status service_subject_each(struct service *s,
				 tanu_status (*each)(void *self, const struct subject_view *v,
						     tanu_error *err),
				 void *self, tanu_error *err);

/* ---- consent ---- */

struct notice {
	const char *text; /* UTF-8 */
	size_t text_len;
	char language[9]; /* BCP 47: "kk", "ru", "en" */
	char version[33];
};

struct notice_view {
	tanu_id id;
	char version[33];
	char language[9];
	uint8_t sha256[32];
	int64_t added_ms;
};
/*
 * Fill in the site's own numbers, written {section.key} in the text, and own the result in `text`,
 * which held the text before or is empty. `by_content`: the version gets the first digits of the
 * text's SHA-256, so that a text with other numbers has another version.
 */
tanu_status service_notice_prepare(struct service *s, struct notice *notice, struct buf *text,
				   bool by_content, tanu_error *err);
/*
 * Register a text: a version stands for one text for ever, TANU_USAGE (conflict) otherwise. Asking
 * and consenting register the notice they name by themselves. The public log names its SHA-256.
 */
tanu_status service_notice_add(struct service *s, struct notice_view *out,
			       const struct notice *notice, tanu_error *err);
tanu_status service_notice_each(struct service *s,
				tanu_status (*each)(void *self, const struct notice_view *v,
						    tanu_error *err),
				void *self, tanu_error *err);
/* TANU_NOT_FOUND (record-missing); the text is appended. */
tanu_status service_notice_get(struct service *s, struct notice_view *out, struct buf *text,
			       const char *version, const char *language, tanu_error *err);

#define PURPOSES_BITS 5 /* a purpose is 1 << bit */

/* A signature file that was checked against its document: see service_signature_check. */
struct signature_view {
	const char *result; /* "valid", "untrusted", "false", "unsupported", "not-checked" */
	char reason[128];
	char signer[256];	   /* name in the certificate: shown once, not kept */
	uint8_t signer_sha256[32]; /* of that name, as encoded; zero: no certificate */
	char serial[65];
	int64_t not_before_ms, not_after_ms; /* of the certificate; 0: none */
	int64_t checked_ms;
	uint8_t sha256[32]; /* of the signature file */
	uint8_t document_sha256[32];
	bool checked_elsewhere; /* the operator says so: of one that can't be checked here */
};

/* What a yes or no was signed on. Its digests stand in the record of the act. */
#define FORM_CODE_TEXT_LEN 30 /* "7K2M-0A9X-...", six groups of four, and a zero */
#define EVIDENCE_PAGES_MAX 16
struct consent_evidence {
	tanu_id form;			    /* a form of this person; zero: none */
	char form_code[FORM_CODE_TEXT_LEN]; /* "": none */
	struct {
		uint8_t sha256[32];	/* of the file */
		const struct buf *keep; /* to be kept sealed; NULL: it stays with the operator */
	} page[EVIDENCE_PAGES_MAX];	/* signed by hand, scanned */
	size_t pages_len;
	const struct signature_view *signature; /* NULL: none */
	const struct buf *signature_file;	/* kept, whatever its result */
	bool filed;				/* it is with her papers already */
	/* Drawn on a screen, not by hand on paper: kept, and no writing in the sense of a law. */
	bool drawn;
};
/* A text from a file, into `text`, which it then borrows from. */
tanu_status service_notice_read(struct notice *out, struct buf *text, const char *path,
				tanu_error *err);
/* Where the notices that come with Tanu are: a file of this name. */
tanu_status service_notices_path(char *out, size_t out_len, const char *name, tanu_error *err);
/* The one that comes with Tanu in out->language, for this site's way of storing; prepared. */
tanu_status service_notice_shipped(struct service *s, struct notice *out, struct buf *text,
				   bool children, tanu_error *err);
/* Register those that come with Tanu, in all languages, where a site has none at all. */
tanu_status service_notices_begin(struct service *s, tanu_error *err);

struct consent_order {
	tanu_id subject;
	unsigned purposes; /* set */
	tanu_giver giver;
	tanu_id guardian;
	tanu_date until; /* last day on which it holds, UTC */
	bool assent;	 /* the child was asked as well, and agreed; beside a guardian's consent */
	struct notice notice;
	const struct consent_evidence *evidence; /* NULL: it was said, not signed */
};

struct consent_view {
	tanu_consent consent; /* `state` is the one at this instant */
	tanu_id guardian;
	bool assent;		  /* the child agreed too */
	int64_t retention_months; /* of her history, as the notice said; 0: it did not say */
	char how[24];		  /* "hand", "signature", "screen"; "": it was said */
	char form[FORM_CODE_TEXT_LEN];
	char notice_version[33];
	char notice_language[9];
	uint8_t notice_sha256[32];
};

/*
 * For a minor a registered guardian gives it (service_guardian_add), and from
 * consent.assent_years on the child is asked too. TANU_REFUSED (consent-rule) while a no of
 * somebody else stands, below enrol.min_years, or without a paper where consent.written asks for
 * one. Requests, and refusals that this giver can take back, give way to it.
 */
tanu_status service_consent_give(struct service *s, const struct consent_order *order,
				 tanu_error *err);
/*
 * Ask for consent: `giver` and `until` are not read. The request expires by itself after
 * consent.request_days. TANU_REFUSED (held) for consent.ask_again_days after a no.
 */
tanu_status service_consent_request(struct service *s, const struct consent_order *order,
				    tanu_error *err);
tanu_status service_consent_each(struct service *s, const tanu_id *subject,
				 tanu_status (*each)(void *self, const struct consent_view *v,
						     tanu_error *err),
				 void *self, tanu_error *err);
/* Text of the notice a consent was given under, as signed; `view` may be NULL. */
tanu_status service_consent_notice(struct service *s, struct buf *out, struct consent_view *view,
				   const tanu_id *consent, tanu_error *err);
/* X(NAME, "word"): what the operator has to do something about. */
#define DUE_KIND_LIST(X)          \
	X(CONSENT, "consent")     \
	X(REFERENCE, "reference") \
	X(PASS, "pass")           \
	X(MAJORITY, "majority")   \
	X(ASK, "ask")             \
	X(REQUEST, "request")
enum due_kind {
	DUE_NONE = 0,
#define X(name, word) DUE_##name,
	DUE_KIND_LIST(X)
#undef X
};
struct due_view {
	tanu_id subject;
	enum due_kind kind;
	unsigned purposes; /* set; 0: not of one */
	int64_t at_ms;	   /* when it ends, when she comes of age; of ASK: now */
};
const char *service_due_name(enum due_kind kind);
/*
 * What ends within so many days (consents, references, passes, guardians' word at majority), whose
 * guardian's word has lapsed without anybody having been asked since, and every request that waits.
 * The soonest first.
 */
tanu_status service_due_each(struct service *s, int64_t days,
			     tanu_status (*each)(void *self, const struct due_view *v,
						 tanu_error *err),
			     void *self, tanu_error *err);
/* A consent by its id, or a prefix of at least 6 digits. */
tanu_status service_consent_find(struct service *s, tanu_id *out, const char *text,
				 tanu_error *err);

/* How far an erasure reached: X(NAME, "word", sentence). */
#define ERASURE_SCOPE_LIST(X)                                                                      \
	X(USE, "use",                                                                              \
	  "From the moment of the request nothing matched any more for the purposes named.")       \
	X(KEYS, "keys",                                                                            \
	  "The keys were destroyed: what holds them was written anew without them, under a fresh " \
	  "secret, and the former secret destroyed.")                                              \
	X(ROWS, "rows",                                                                            \
	  "The rows were deleted and overwritten in the database, and its write-ahead log "        \
	  "truncated.")                                                                            \
	X(TEXTS, "log-texts",                                                                      \
	  "The texts of the person's entries in the public log were overwritten.")                 \
	X(PASSES, "passes",                                                                        \
	  "No pass of the person opens any more, nor any copy of one, printed or photographed: "   \
	  "the key of each was destroyed.")                                                        \
	X(COPIES, "copies",                                                                        \
	  "All else that was sealed under these keys (deleted rows, older versions, backups of "   \
	  "the database) opens no more with any key of this site.")
enum erasure_scope {
#define X(name, word, text) ERASURE_##name,
	ERASURE_SCOPE_LIST(X)
#undef X
	    ERASURE_SCOPES
};

/* What an erasure leaves, or does not reach: X(NAME, "word", sentence). */
#define ERASURE_REMAINS_LIST(X)                                                                    \
	X(FACE, "face", "The reference of the face stays: another live consent covers it.")        \
	X(PROOF, "proof",                                                                          \
	  "Name, papers and history stay, as the person's proof, until she leaves or their "       \
	  "retention ends.")                                                                       \
	X(LEAVES, "log-leaves",                                                                    \
	  "Entries of the public log stay. To all who lack the person's log key they are random "  \
	  "bytes.")                                                                                \
	X(DISK, "disk-image",                                                                      \
	  "A copy of the whole disk that was made before, keys included, opens what was erased.")  \
	X(OLD_DISK, "old-disk-image",                                                              \
	  "A copy of the whole disk made before the root of the keys came into the TPM "           \
	  "(resistant_since_ms) opens what was erased.")                                           \
	X(TPM_MEMORY, "tpm-memory",                                                                \
	  "The TPM is a program: a copy of its memory and of the disk, both made before, opens "   \
	  "what was erased.")                                                                      \
	X(BLOCKS, "old-blocks",                                                                    \
	  "The former secret was a file. It was overwritten, but flash memory may keep old "       \
	  "blocks, which can be read with special means.")                                         \
	X(GATES, "gates",                                                                          \
	  "Each gate that is named had been lent the reference. It erases it when it is reached, " \
	  "at the "                                                                                \
	  "latest when its lease ends, and signs that it has.")                                    \
	X(MORE_GATES, "more-gates",                                                                \
	  "Not every gate that had been lent the reference is named here. Each erases it when it " \
	  "is reached, at the latest when its lease ends.")                                        \
	X(BACKUPS, "backups",                                                                      \
	  "A backup that was made before opens with the recovery key until its holder destroys "   \
	  "the key of that period (backup_horizon_ms). Who restores it leaves out who is gone "    \
	  "by the public log or by the notice to the holder.")                                     \
	X(OUTSIDE, "outside",                                                                      \
	  "Nobody can prove that no copy was ever made: what somebody saw, photographed, "         \
	  "exported or read out of the running machine is not reached.")
enum erasure_remains {
#define X(name, word, text) REMAINS_##name,
	ERASURE_REMAINS_LIST(X)
#undef X
	    REMAINS_COUNT
};

/*
 * The record of an act about consent: canonical JSON with the names of ISO/IEC TS 27560 and of the
 * Kantara consent receipt 1.1 (docs/consent.md). What it says held at that instant. The event of
 * the act carries its SHA-256 as `document`.
 */
enum consent_record_kind {
	CONSENT_RECORD_NONE = 0,
	CONSENT_RECORD_GIVEN = 1,
	CONSENT_RECORD_REFUSED = 2,
	CONSENT_RECORD_ENDED = 3, /* withdrawn by somebody */
};
struct consent_record_view {
	tanu_id id; /* of the record: record_id, consentReceiptID */
	enum consent_record_kind kind;
	int64_t at_ms;
	unsigned purposes; /* set */
	uint8_t sha256[32];
};
/* "consent", "refusal", "termination" */
const char *service_consent_record_kind_name(enum consent_record_kind kind);
/* Oldest first. */
tanu_status
service_consent_record_each(struct service *s, const tanu_id *subject,
			    tanu_status (*each)(void *self, const struct consent_record_view *v,
						const struct buf *text, tanu_error *err),
			    void *self, tanu_error *err);
/*
 * The one whose id begins with `number`, the latest when that is NULL; its text is appended.
 * TANU_NOT_FOUND (record-missing).
 */
tanu_status service_consent_record(struct service *s, struct buf *out,
				   struct consent_record_view *view, const tanu_id *subject,
				   const char *number, tanu_error *err);

/* What was destroyed, and what remains; printed by the programs. */
#define ERASURE_KEYS_MAX  160 /* named in a receipt; all are counted */
#define ERASURE_GATES_MAX 64
/* A gate that had been lent the reference; what it has ends by itself with the lease. */
struct erasure_gate {
	tanu_id id;
	char name[64];
	uint8_t sign_key[32];
	int64_t until_ms; /* end of its lease */
};
struct erasure_receipt {
	tanu_id receipt;
	tanu_id subject;
	const char *reason; /* a word; NULL: withdrawal, or leaving */
	unsigned purposes;  /* withdrawn by this act */
	bool reference_erased;
	bool reference_kept; /* another live consent covers it */
	bool profile_erased;
	uint8_t reference_sha256[32]; /* of the row's id; zero: none went */
	size_t passes_destroyed;      /* keys of passes, in the next too */
	size_t keys_destroyed;
	uint8_t key_sha256[ERASURE_KEYS_MAX][32]; /* of their names */
	int64_t requested_ms, executed_ms;
	int64_t due_ms;		   /* by setting erase.hours */
	int64_t backup_horizon_ms; /* after it no backup opens any more; 0: none does now */
	bool holder_told;	   /* the notice for the holder of the recovery key was written */
	bool rollback_resistant;
	int64_t resistant_since_ms; /* copies of the disk from before had another root */
	const char *root;	    /* "file", "tpm" */
	uint64_t root_turns;	    /* how often the TPM's secret was replaced */
	bool tpm_software;
	char tpm[96];
	char program[64];
	bool gates_unnamed; /* there are more, or the list could not be read to its end */
	size_t gates_len;
	struct erasure_gate gates[ERASURE_GATES_MAX];
};
bool erasure_reached(const struct erasure_receipt *receipt, enum erasure_scope what);
bool erasure_leaves(const struct erasure_receipt *receipt, enum erasure_remains what);
const char *erasure_scope_word(enum erasure_scope what);
const char *erasure_scope_text(enum erasure_scope what);
const char *erasure_remains_word(enum erasure_remains what);
const char *erasure_remains_text(enum erasure_remains what);
/* All of it as canonical JSON, appended; docs/erasure.md has the fields. */
tanu_status erasure_record_encode(struct buf *out, const struct erasure_receipt *receipt,
				  tanu_error *err);

/* Who says no to what. */
struct consent_say {
	tanu_id subject;
	unsigned purposes; /* 0: all */
	tanu_giver by;	   /* SELF of a minor is the child herself; NONE: it was not said */
	tanu_id guardian;
	const struct consent_evidence *evidence; /* NULL: it was said, not signed */
};
/*
 * A no, before or after a yes: live consents to these purposes are withdrawn, whoever gave them,
 * and the refusal is remembered. The child's own and each guardian's stops all others'.
 */
tanu_status service_consent_refuse(struct service *s, struct erasure_receipt *out,
				   const struct consent_say *say, tanu_error *err);
/* Of a minor, and said by somebody: the no is remembered like a refusal. */
tanu_status service_consent_withdraw_by(struct service *s, struct erasure_receipt *out,
					const struct consent_say *say, tanu_error *err);
/* purposes 0: all. The reference goes when no live consent covers it any more. */
tanu_status service_consent_withdraw(struct service *s, struct erasure_receipt *out,
				     const tanu_id *subject, unsigned purposes, tanu_error *err);
/* The subject leaves: consents, reference, profile, history, log key. */
tanu_status service_subject_remove(struct service *s, struct erasure_receipt *out,
				   const tanu_id *subject, tanu_error *err);

/* ---- consent in writing: forms, scans, signature files (docs/consent.md) ---- */

enum form_state {
	FORM_OPEN = 1,	   /* it waits for an answer */
	FORM_ANSWERED = 2, /* all that it asks is answered */
	FORM_ENDED = 3,	   /* the request has run out, was answered otherwise, or was made anew */
};
const char *service_form_state_name(enum form_state state); /* "open", "answered", "ended" */

/* A form that was printed: a paper of the person, and a request in her ledger. */
struct form_view {
	tanu_id id; /* of its paper */
	tanu_id subject;
	char code[FORM_CODE_TEXT_LEN];
	unsigned purposes;	 /* asked for */
	unsigned given, refused; /* answered by it so far */
	tanu_giver giver;	 /* who is to sign */
	tanu_id guardian;
	bool assent; /* the child is asked to sign too */
	tanu_date until;
	char version[33], language[9]; /* of the notice on it */
	uint8_t notice_sha256[32];
	int64_t months[PURPOSES_BITS]; /* of retention; when it is planned */
	int pages;
	uint8_t pdf_sha256[32]; /* of a file that holds this form alone; zero: it does not */
	int64_t made_ms;
	int64_t due_ms; /* it is to be handed in before */
	enum form_state state;
};
/*
 * What a form would say, with its code; refused where such a consent, or asking for it, would be.
 * Nothing is written. Of `order` assent is not read.
 */
tanu_status service_form_plan(struct service *s, struct form_view *out,
			      const struct consent_order *order, tanu_error *err);
/* Planned forms, all under one notice, have been printed: papers and requests, all or none. */
tanu_status service_forms_record(struct service *s, struct form_view *forms, size_t forms_len,
				 const struct notice *notice, tanu_error *err);
/* Of one person, or of everybody when `subject` is NULL. */
tanu_status service_forms_each(struct service *s, const tanu_id *subject,
			       tanu_status (*each)(void *self, const struct form_view *v,
						   tanu_error *err),
			       void *self, tanu_error *err);

/* What the QR code on page `page` of a form holds: no name, a random number, who made it. */
#define FORM_LINK_LEN 48
void service_form_link(char out[FORM_LINK_LEN], const char *code, int page, int pages);
struct form_scan {
	char code[FORM_CODE_TEXT_LEN];
	int page, pages;
	uint8_t sha256[32]; /* of the file; filled also when no code was found */
};
/*
 * Which page of which form a picture shows; it is read in a sandboxed process, and `bytes` gets the
 * file. TANU_NOT_FOUND (no-code), TANU_INPUT (format): the code is not of a form, or this is a PDF;
 * TANU_REFUSED (form): of another site, or changed.
 */
tanu_status service_form_scan(struct service *s, struct form_scan *out, struct buf *bytes,
			      const char *path, tanu_error *err);
/* The same of a file that is in memory; others are let at the service while it is read. */
tanu_status service_form_scan_bytes(struct service *s, struct form_scan *out,
				    const struct buf *bytes, tanu_error *err);
/* Purposes of a form that nobody has answered yet. */
unsigned service_form_waits(const struct form_view *form);
/* Can what came back of it be recorded? TANU_REFUSED (form) with the reason. */
tanu_status service_form_open(const struct form_view *form, tanu_error *err);
/*
 * A code as people type it: lower case, O for 0, with or without dashes; its beginning is enough
 * for `*len`, the letters that count. False: no code begins so.
 */
bool service_form_code_tidy(char out[FORM_CODE_TEXT_LEN], size_t *len, const char *text);

struct form_answer {
	tanu_id subject, form;
	unsigned yes, no;			 /* sets; what is in neither stays open */
	bool assent;				 /* the child has signed too */
	const struct consent_evidence *evidence; /* `form` and `form_code` of it are filled in */
};
/*
 * What somebody has read on a form that came back: consents are given and refused under what it
 * says. `out` is the receipt of the no, if there was one. TANU_REFUSED (form): it is answered or
 * has ended.
 */
tanu_status service_form_answer(struct service *s, struct erasure_receipt *out,
				const struct form_answer *answer, tanu_error *err);

/*
 * A signature file (CMS) against the document that was signed, under setting signature.ca. Whatever
 * comes of it is a result; TANU_INPUT: it is no such file.
 */
tanu_status service_signature_check(struct service *s, struct signature_view *out,
				    const struct buf *file, const struct buf *document,
				    tanu_error *err);

void service_sha256(uint8_t out[32], const struct buf *bytes);

/* ---- does anything of an erased person open? (docs/erasure.md) ---- */

/* X(NAME, "word"): what there is of a person */
#define ERASED_PART_LIST(X)     \
	X(FACE, "face")         \
	X(NAME, "name")         \
	X(CONSENTS, "consents") \
	X(HISTORY, "history")   \
	X(PAPERS, "papers")
enum erased_part {
#define X(name, word) ERASED_##name,
	ERASED_PART_LIST(X)
#undef X
	    ERASED_PARTS
};
const char *erased_part_word(enum erased_part part);

/* X(NAME, "word"): of a place, and of all places together the worst */
#define ERASE_VERDICT_LIST(X)                                                       \
	X(NOTHING, "nothing") /* no trace */                                        \
	X(SHUT, "shut")	      /* rows or ids of hers, and no key that opens them */ \
	X(OPENS, "opens")     /* rows that open, keys that stand, texts in clear */ \
	X(UNKNOWN, "unknown") /* a part of it could not be looked at */
enum erase_verdict {
#define X(name, word) ERASE_##name,
	ERASE_VERDICT_LIST(X)
#undef X
};
const char *erase_verdict_word(enum erase_verdict verdict);

struct erase_audit_place {
	const char *path;
	bool own; /* the open site */
	enum erase_verdict verdict;
	size_t rows[ERASED_PARTS];   /* of hers, by what they hold */
	size_t opened[ERASED_PARTS]; /* of them, that keys found here or elsewhere open */
	size_t keys[ERASED_PARTS];   /* of hers that stand here */
	size_t unfinished;	     /* erasures that were asked for and not finished */
	size_t databases, key_folders, backups, files;
	size_t keys_shut;    /* key folders and backups that open nothing any more */
	tanu_error why_shut; /* of the last of them */
	uint64_t bytes;
	size_t id_files;    /* files in which her id stands, as bytes or digits */
	size_t text_files;  /* files in which a text that was looked for stands */
	tanu_error trouble; /* why not all could be looked at; TANU_OK: it could */
};

struct erase_audit_order {
	tanu_id subject;
	bool face_only; /* she has withdrawn her face and not left */
	const char *const *paths;
	size_t paths_len;
	const char *code;     /* of the recovery key; NULL: none */
	const char *look_for; /* texts, one a line; NULL: none */
	/* Opens the site that is looked at too, if there is one (NULL); asked for when all else has
	 * been opened, since a TPM may serve one at a time. May be NULL. */
	tanu_status (*open_site)(void *self, struct service **out, tanu_error *err);
	tanu_status (*each)(void *self, const struct erase_audit_place *place, tanu_error *err);
	void (*progress)(void *self, uint64_t bytes); /* more were searched; may be NULL */
	void *self;
};
/*
 * Look at every place, files and folders, and at a site in use, and hold every database found
 * against all keys found. Nothing in them is changed, and what opens is handed to nobody. `*out`:
 * the worst of all places.
 */
tanu_status service_erase_audit(const struct erase_audit_order *order, enum erase_verdict *out,
				tanu_error *err);
/* Whose erasure a receipt is about, and was it of the face alone? TANU_USAGE: of none. */
tanu_status service_erased_of_receipt(tanu_id *subject, bool *face_only, const void *bytes,
				      size_t len, tanu_error *err);

/* SHA-256 of a paper that stays with the operator, as a file of at most 64 MiB. */
tanu_status service_document_sha256(uint8_t out[32], const char *path, tanu_error *err);

/* ---- guardians: who may speak for a minor ---- */

#define RELATION_MAX 64	 /* bytes */
#define CHECK_MAX    200 /* bytes */
struct guardian_order {
	tanu_id child, guardian;	     /* both people of this site, the second of age */
	char relation[RELATION_MAX + 1];     /* "mother" */
	char checked_by[NAME_MAX_BYTES + 1]; /* who looked at her papers */
	char how[CHECK_MAX + 1];	     /* "passport and birth certificate" */
	uint8_t document[32]; /* SHA-256 of the decision that lets one speak again; or zero */
};

enum guardian_state {
	GUARDIAN_NONE = 0,
	GUARDIAN_SPEAKS = 1,
	GUARDIAN_BARRED = 2, /* by a court, from a day on */
	GUARDIAN_REMOVED = 3,
};
const char *service_guardian_state_name(enum guardian_state state);

struct guardian_view {
	tanu_id guardian;
	char relation[RELATION_MAX + 1];
	char checked_by[NAME_MAX_BYTES + 1];
	char how[CHECK_MAX + 1];
	int64_t since_ms;
	enum guardian_state state;
	tanu_date from;	      /* of one who is barred */
	uint8_t document[32]; /* SHA-256 of the court's decision; zero: none */
	bool silenced;	      /* her word has ended; inside the service only */
	bool may_speak;	      /* today */
};

/* TANU_USAGE (conflict): registered already. One who was barred needs a later decision. */
tanu_status service_guardian_add(struct service *s, const struct guardian_order *order,
				 tanu_error *err);
tanu_status service_guardian_each(struct service *s, const tanu_id *child,
				  tanu_status (*each)(void *self, const struct guardian_view *v,
						      tanu_error *err),
				  void *self, tanu_error *err);

struct guardian_bar {
	tanu_id child, guardian;
	uint8_t document[32]; /* SHA-256 of the court's decision */
	tanu_date from;	      /* the first day on which she has neither sight nor say, UTC */
};
/*
 * From that day on her consents for this child lapse, with what they alone covered, her refusals
 * too, and the child's log key is renewed, so that she reads nothing further.
 */
tanu_status service_guardian_bar(struct service *s, struct erasure_receipt *out,
				 const struct guardian_bar *bar, tanu_error *err);
/* TANU_REFUSED (consent-rule) while live consents that she gave for this child stand. */
tanu_status service_guardian_remove(struct service *s, const tanu_id *child,
				    const tanu_id *guardian, tanu_error *err);

/* ---- history: what happened to a person, and every use ---- */

struct history_view {
	tanu_id id;
	int64_t at_ms;
	uint64_t sequence; /* of the ledger; 0 for uses */
	tanu_event event;
	unsigned purposes; /* set; 0 when it is about none */
	tanu_id about;	   /* the consent or reference; may be zero */
	double fmr;	   /* of the threshold used; 0 where nothing was compared */
	bool extrapolated; /* that rate was not counted */
	char reason[32];   /* of a refusal: the error's word, or "" */
	char by[16];	   /* who did it: self, guardian, child, officer, site, court, or "" */
	char recipient[161];
	uint8_t document[32]; /* SHA-256 of a record, order or paper; zero: none */
	int64_t due_ms;	      /* until when it lasts or is due; 0: nothing of the kind */
};
/* Everything whose history key still stands, oldest first. */
tanu_status service_history_each(struct service *s, const tanu_id *subject,
				 tanu_status (*each)(void *self, const struct history_view *v,
						     tanu_error *err),
				 void *self, tanu_error *err);

/*
 * She locks her face: until it is unlocked nothing compares with it, while all else stays as it is.
 * `by` is the word of her history. Both are fine when it is so already.
 */
tanu_status service_subject_lock(struct service *s, const tanu_id *subject, bool locked,
				 const char *by, tanu_error *err);
/* A member of staff looked at what is held about her: it stands in her history. */
tanu_status service_staff_look(struct service *s, const tanu_id *subject, tanu_error *err);
/* She objects to an event of her history: that stands in it too. TANU_NOT_FOUND (record-missing).
 */
tanu_status service_object(struct service *s, const tanu_id *subject, const tanu_id *event,
			   const char *by, tanu_error *err);

/* ---- receipts: what a person takes home (docs/receipts.md) ---- */

/*
 * A receipt file about this person, appended: her log keys, her newest leaves with their proofs,
 * the trust policy, and `record`, canonical JSON that one of those events is about ("": none). What
 * waits for the log is published first; while the log is stopped there are no receipts.
 */
tanu_status service_receipt(struct service *s, struct buf *out, const tanu_id *subject,
			    tanu_receipt_kind kind, const char *record, tanu_error *err);
/*
 * The receipt of an erasure that has just been carried out: with her keys while she is here,
 * without them when she has left, in the same service and before another person leaves.
 */
tanu_status service_erasure_receipt(struct service *s, struct buf *out,
				    const struct erasure_receipt *erased, tanu_error *err);
/* The trust policy that this site suggests: its log, its witnesses. Appended. */
tanu_status service_policy(struct service *s, struct buf *out, tanu_error *err);

/* ---- disclosure to authorities and others (docs/disclosure.md) ---- */

/*
 * Whoever may approve a disclosure holds a signing key of her own, outside the site. Adding and
 * removing one is a public statement in the log; a new one counts after disclosure.approver_hours.
 */
struct disclosure_order;
struct approver_view {
	char key[TANU_ORIGIN_MAX + 64]; /* her public key, as a vkey; its name is hers */
	int64_t added_ms;
	int64_t removed_ms; /* 0: she is one */
	bool counts;	    /* she may approve at this instant */
};
/*
 * Without a site, on the approver's own machine. Make a key: `secret` gets one line to be kept
 * (wiped by the caller), `vkey` the public one. Sign the text of service_disclosure_text; what is
 * not such a text is TANU_INPUT. Appended.
 */
tanu_status service_approver_key(struct buf *secret, struct buf *vkey, const char *name,
				 tanu_error *err);
tanu_status service_approver_sign(struct buf *out, struct disclosure_order *order,
				  const char *secret, const void *text, size_t text_len,
				  tanu_error *err);
tanu_status service_approver_add(struct service *s, const char *vkey, tanu_error *err);
tanu_status service_approver_remove(struct service *s, const char *name, tanu_error *err);
tanu_status service_approvers_each(struct service *s,
				   tanu_status (*each)(void *self, const struct approver_view *v,
						       tanu_error *err),
				   void *self, tanu_error *err);

/* X(NAME, bit, "word"): what may be disclosed of a person. Never a reference, never a photograph.
 */
#define DISCLOSED_FIELD_LIST(X)    \
	X(PROFILE, 0, "profile")   \
	X(CONSENTS, 1, "consents") \
	X(HISTORY, 2, "history")
enum disclosed_field {
#define X(name, bit, word) DISCLOSED_##name = 1 << (bit),
	DISCLOSED_FIELD_LIST(X)
#undef X
};
tanu_status disclosed_fields_parse(unsigned *out, const char *text, tanu_error *err);
#define DISCLOSED_FIELDS_LEN 64
void disclosed_fields_text(char out[DISCLOSED_FIELDS_LEN], unsigned fields);

#define DISCLOSURE_PEOPLE_MAX 16 /* named one by one: there is no bulk export */
#define DISCLOSURE_TEXT_MAX   160
struct disclosure_order {
	tanu_id id; /* given by service_disclosure_request */
	char authority[DISCLOSURE_TEXT_MAX + 1];
	char basis[DISCLOSURE_TEXT_MAX + 1]; /* the law, article and all */
	uint8_t document[32];		     /* SHA-256 of the order as it came */
	tanu_id subjects[DISCLOSURE_PEOPLE_MAX];
	size_t subjects_len;
	unsigned fields;			 /* set of disclosed_field */
	int64_t from_ms, to_ms;			 /* of the history */
	int64_t due_ms;				 /* the person is told only then; 0: at once */
	char due_basis[DISCLOSURE_TEXT_MAX + 1]; /* why not at once */
	tanu_id extends; /* a sealed disclosure whose due date this one puts off; else zero */
};

/* X(NAME, number, "word"): where a disclosure stands; stored, sealed. */
#define DISCLOSURE_STATE_LIST(X)     \
	X(REQUESTED, 1, "requested") \
	X(REFUSED, 2, "refused")     \
	X(LOGGED, 3, "logged")       \
	X(RELEASED, 4, "released")
enum disclosure_state {
	DISCLOSURE_NONE = 0,
#define X(name, number, word) DISCLOSURE_##name = (number),
	DISCLOSURE_STATE_LIST(X)
#undef X
};
const char *disclosure_state_name(enum disclosure_state state);

#define DISCLOSURE_APPROVALS 2
struct disclosure_view {
	struct disclosure_order order;
	enum disclosure_state state;
	int64_t requested_ms, decided_ms;
	size_t approvals; /* of different people who count now */
	bool sealed;	  /* the persons have not been told yet */
};

/* SHA-256 of a file: of an order or another paper as it came. */
tanu_status service_digest_file(uint8_t out[32], const char *path, size_t max_bytes,
				tanu_error *err);
/* Into the register; nothing is disclosed by it. Fills order->id. */
tanu_status service_disclosure_request(struct service *s, struct disclosure_order *order,
				       tanu_error *err);
/* The text that an approver signs: a heading and the order as canonical JSON. Appended. */
tanu_status service_disclosure_text(struct service *s, struct buf *out, const tanu_id *id,
				    tanu_error *err);
/* `note` is that text signed by an approver (tanu approver sign). A second one of hers is refused.
 */
tanu_status service_disclosure_approve(struct service *s, const tanu_id *id, const void *note,
				       size_t note_len, tanu_error *err);
/* The site says no: counted in public, and the persons are told, at once or at the due date. */
tanu_status service_disclosure_refuse(struct service *s, const tanu_id *id, tanu_error *err);
/*
 * With two approvals: first the log, published; then `out` gets exactly what was approved, as a
 * signed note. Refused while the log is stopped (TANU_DAMAGED), or without the approvals
 * (TANU_REFUSED approval). What was logged and could not be written may be asked for again;
 * service_disclosure_done ends that.
 */
tanu_status service_disclosure_release(struct service *s, struct buf *out, const tanu_id *id,
				       tanu_error *err);
tanu_status service_disclosure_done(struct service *s, const tanu_id *id, tanu_error *err);
tanu_status service_disclosures_each(struct service *s,
				     tanu_status (*each)(void *self,
							 const struct disclosure_view *v,
							 tanu_error *err),
				     void *self, tanu_error *err);

/*
 * Everything that is held about a person, for her: profile, consents with their notices, history,
 * papers; as one JSON object, appended. Her reference is not in it, and it says why. Leaves a trace
 * in her history.
 */
tanu_status service_subject_export(struct service *s, struct buf *out, const tanu_id *subject,
				   tanu_error *err);

/* ---- faces ---- */

/* A photograph: a file ("-": standard input), or its bytes, which `name` only names in errors. */
struct photograph {
	const char *name;
	const void *bytes; /* NULL: read the file `name` */
	size_t len;
};

/*
 * Before photographs are taken of her: may there be any? `purpose` NONE: for enrolling. Asks for
 * consent, and for comparing also that there is a reference and she has not locked it.
 */
tanu_status service_capture_check(struct service *s, const tanu_id *subject, tanu_purpose purpose,
				  tanu_error *err);
struct sight;
/* One frame out of those of one camera. */
struct frame_ask {
	const struct photograph *photo;
	bool enrol;	     /* by the bounds of enrolment; else of a door */
	struct sight *sight; /* NULL: by itself; else it is judged with those before it */
	int64_t at_ms;	     /* of the sight's clock */
};
struct frame_view {
	bool usable;
	tanu_error_code code; /* why not */
	size_t faces;
	float box[4]; /* of the chosen one, x1 y1 x2 y2 as shares of the image */
	float quality, liveness;
	tanu_quality_measure measure; /* the first out of its bounds; TANU_QUALITY_COUNT: none */
	bool high;		      /* it is above them */
	char advice[256];
	/* With a sight, where setting match.pad asks for a sequence: */
	bool watched;
	struct liveness_result live;
	bool begun;	 /* evidence began anew: frames of before are to be dropped */
	uint64_t number; /* of this frame, and of the first of the present evidence */
	uint64_t first;
};
/*
 * For guidance while photographs are taken: is there a face, what is wrong with it, does it live?
 * No features. Where it is watched, a frame of who does not stand there yet, or of what is clearly
 * no live face, is not usable.
 */
tanu_status service_frame_look(struct service *s, struct frame_view *out,
			       const struct frame_ask *ask, tanu_error *err);

/* Result of one photograph; `advice` says why it was refused, in words. */
struct sample_result {
	tanu_status status;
	char advice[256];
	float quality; /* unified, 0..1 */
	float liveness;
};

struct enrol_result {
	tanu_id reference;
	size_t used;	    /* photographs that went into the reference */
	float quality;	    /* of the reference */
	bool second_factor; /* somebody here looks alike */
	size_t samples_len; /* as many as were given, at most SAMPLES_MAX */
#define SAMPLES_MAX 16
	struct sample_result samples[SAMPLES_MAX];
};
/*
 * Enrol from one or several photographs of one person. Consent is asked before any photograph is
 * read; each photograph that passes the quality bounds is embedded under a permit of its own;
 * a photograph that does not fit the others is refused. Refused as a whole: nothing is stored.
 * `out->samples` is filled also when the call is refused. Where the consent covers calibration, the
 * new reference is compared with those of others who agreed to that as well; two people who match
 * at match.lookalike_fmr both need a second factor from then on, and neither learns of whom.
 */
tanu_status service_enrol(struct service *s, struct enrol_result *out, const tanu_id *subject,
			  const char *const *photos, size_t photos_len, tanu_error *err);

/* The same with photographs from memory. */
tanu_status service_enrol_photos(struct service *s, struct enrol_result *out,
				 const tanu_id *subject, const struct photograph *photos,
				 size_t photos_len, tanu_error *err);

struct verify_result {
	tanu_decision decision;
	float liveness;		/* of several photographs the lowest of those used */
	float quality;		/* likewise the mean */
	const char *pad;	/* "none", "frame", "sequence", "synthetic" */
	const char *population; /* whom the FMR was measured on */
	bool second_factor;	/* a match is not enough: somebody here looks alike */
	tanu_id subject;	/* identify: the one found, zero otherwise */
	size_t used;		/* verify: photographs that were compared */
	size_t samples_len;	/* verify: as many as were looked at */
	struct sample_result samples[SAMPLES_MAX];
};
/* 1:1 against the claimed subject, under purpose access unless the caller names another. */
tanu_status service_verify(struct service *s, struct verify_result *out, const tanu_id *subject,
			   tanu_purpose purpose, const char *photo, tanu_error *err);
/*
 * The same for one claim with several frames of the same moment, 1 to SAMPLES_MAX: each that can be
 * used is embedded under a permit of its own, and the mean score of those that show one face is
 * what decides. A frame that cannot be used, or shows somebody else than most, costs only itself.
 * Refused (face-quality) when no majority shows one face. `out->samples` is filled also when the
 * call is refused.
 */
tanu_status service_verify_frames(struct service *s, struct verify_result *out,
				  const tanu_id *subject, tanu_purpose purpose,
				  const char *const *photos, size_t photos_len, tanu_error *err);
/* The same with photographs from memory. */
struct verify_ask {
	const tanu_id *subject;
	tanu_purpose purpose;
	const struct pass *pass; /* NULL: the reference is stored here */
	const struct photograph *photos;
	size_t photos_len;
	/*
	 * What was seen of the face that these are frames of (service_frame_look). Where setting
	 * match.pad asks for a sequence, TANU_REFUSED (not-live) when that is no live face, before
	 * any features are computed. NULL: nobody looked, which an operator's own files may.
	 */
	const struct liveness_result *live;
};
tanu_status service_verify_photos(struct service *s, struct verify_result *out,
				  const struct verify_ask *ask, tanu_error *err);
/* 1:N among adults with a live consent; TANU_REFUSED (identify-off) when gallery.cap is 0. */
tanu_status service_identify(struct service *s, struct verify_result *out, tanu_purpose purpose,
			     const char *photo, tanu_error *err);

/* ---- passes: where the reference is with the person alone ---- */

/* Where references are kept, as storage.mode says; told to the person before she consents. */
enum storage_mode {
	STORAGE_VAULT = 0, /* here, sealed */
	STORAGE_PASS = 1,  /* on the person's pass only; here is the key that opens it */
};
enum storage_mode service_storage(const struct service *s);
const char *service_storage_name(enum storage_mode mode); /* "vault", "pass" */

enum pass_state { PASS_REVOKED = 0, PASS_VALID = 1, PASS_EXPIRED = 2 };
const char *service_pass_state_name(enum pass_state state);

/* A pass that was issued: what the site remembers of it. */
struct pass_view {
	tanu_id id; /* of its paper; its first bytes are the number on the pass */
	uint8_t number[PASS_NUMBER_LEN];
	uint16_t generation; /* of its key */
	bool spare;
	tanu_date until; /* last day */
	int64_t issued_ms;
	enum pass_state state; /* at this instant */
	int64_t revoked_ms;    /* 0: it was not, or its key went with a consent */
};

#define PASSES_AT_ONCE 2 /* the pass and its spare */
struct pass_issued {
	struct enrol_result enrolled; /* how the photographs did; no reference is stored */
	size_t len;
	struct pass_view view[PASSES_AT_ONCE];
	struct pass pass[PASSES_AT_ONCE]; /* what each carries */
	size_t replaced;		  /* earlier passes that were revoked by this */
};
/*
 * Enrol as service_enrol does, but onto a pass, with `spare` onto two: each has a number and a key
 * of its own, so that a lost one dies alone. They hold until the consent that lasts longest ends.
 * Earlier passes of the person are revoked, and a reference that is stored here from before is
 * erased. TANU_USAGE (setting) where storage.mode is not pass.
 */
tanu_status service_pass_issue(struct service *s, struct pass_issued *out, const tanu_id *subject,
			       const char *const *photos, size_t photos_len, bool spare,
			       tanu_error *err);
tanu_status service_pass_issue_photos(struct service *s, struct pass_issued *out,
				      const tanu_id *subject, const struct photograph *photos,
				      size_t photos_len, bool spare, tanu_error *err);
/*
 * Destroy the key of one pass, or with `number` NULL of all the person has: no photocopy opens from
 * then on. `*revoked`: how many were not revoked before. TANU_NOT_FOUND (record-missing): no pass
 * of this number was issued to her. All can be revoked even when her papers were edited.
 */
tanu_status service_pass_revoke(struct service *s, size_t *revoked, const tanu_id *subject,
				const uint8_t *number, tanu_error *err);
/* Every pass ever issued to her, oldest first. */
tanu_status service_pass_each(struct service *s, const tanu_id *subject,
			      tanu_status (*each)(void *self, const struct pass_view *v,
						  tanu_error *err),
			      void *self, tanu_error *err);
/*
 * Read a pass from a file: its bytes, an NDEF message, or a picture of its QR code, which is read
 * in a sandboxed process. "-" is standard input. Nothing is opened. Plan for TANU_INPUT,
 * TANU_NOT_FOUND (no-code).
 */
tanu_status service_pass_read(struct pass *out, const char *path, tanu_error *err);
/* The same of a picture in memory; others are let at the service while it is read. */
tanu_status service_pass_shown(struct service *s, struct pass *out, const struct buf *picture,
			       tanu_error *err);
/* Whose pass this is, and how it stands. TANU_REFUSED (pass): of another site, or not known. */
tanu_status service_pass_holder(struct service *s, tanu_id *subject, struct pass_view *out,
				const struct pass *pass, tanu_error *err);
/*
 * service_verify_frames against the reference on a pass. TANU_REFUSED (pass), each with its reason:
 * of another site, of another model, not hers, revoked, past its last day, changed.
 */
tanu_status service_verify_pass(struct service *s, struct verify_result *out,
				const tanu_id *subject, tanu_purpose purpose,
				const struct pass *pass, const char *const *photos,
				size_t photos_len, tanu_error *err);

/* ---- without a site ---- */

/* A JPEG of the image with boxes and landmarks drawn in, appended to `jpeg`; the chosen face's box
 * is green. */
tanu_status service_annotate(struct buf *jpeg, const tanu_image *image, const tanu_faces *faces,
			     tanu_error *err);

/* One manifest of the folder of models. The texts live until the callback returns. */
struct model_view {
	const char *name, *task, *file, *licence, *origin;
	const char *population; /* whom its calibration was measured on; NULL: it has none */
	char sha256[65];
	int32_t width, height; /* px of its input */
	bool in_use;	       /* the default of its task */
	tanu_status checked;   /* of the weights, when a check was asked for; `error` says more */
	tanu_error error;
};
/* Each manifest; with `check` the weights are read and their digests compared. */
tanu_status service_models_each(const char *models_dir, bool check,
				tanu_status (*each)(void *self, const struct model_view *view,
						    tanu_error *err),
				void *self, tanu_error *err);
/* Where the models are. */
tanu_status service_models_dir(char *out, size_t out_len, tanu_error *err);
/* Try a model, and copy it into the folder of models only when it works. */
tanu_status service_model_add(const char *manifest, const char *weights, tanu_error *err);
/* Load ONNX Runtime and ask for its version. */
tanu_status service_runtime_version(char *out, size_t out_len, tanu_error *err);

/* ---- measuring error rates ---- */

/* What one photograph gave, or why it gave nothing. */
struct eval_sample {
	tanu_embedding embedding; /* when `features` */
	bool features;
	tanu_quality quality; /* by the bounds of a door */
	float liveness;
	bool cached; /* known from an earlier call */
	tanu_error failure;
};

/* What a walk was made with. */
struct eval_facts {
	char model[65]; /* SHA-256 of the embedder's weights, hexadecimal */
	char runtime[32];
	tanu_calibration calibration;
	size_t cached;	  /* photographs known from an earlier call */
	tanu_error cache; /* why nothing is remembered; TANU_OK: it is, or was not to be */
};

struct eval_order {
	const char *models_dir; /* NULL: default search */
	const char *images_dir;
	char *const *photos; /* paths below images_dir */
	size_t photos_len;
	bool chosen_face;	  /* as at a door; false: the most central */
	bool measures_only;	  /* no features are computed */
	int64_t remember_ms;	  /* how long what was seen is remembered; 0: not at all */
	struct eval_facts *facts; /* filled; may be NULL */
	size_t workers;		  /* 0: one a core */
	void (*progress)(void *self, size_t done); /* on the caller's thread; may be NULL */
	void *self;
};

/*
 * Features of one face of each photograph, whatever its quality: `out` has photos_len
 * places, to be freed with service_eval_free. For folders of test photographs only: nobody has
 * claimed an identity there, so no site stores anything of it. A photograph that can't be used
 * costs itself; trouble of the machine stops the walk.
 *
 * What was seen may be remembered for a while in the user's cache folder, sealed under a key of
 * mode 0600 and found by a keyed digest of the file's content, the models, this program and the
 * choice of face. What is older than `remember_ms` is dropped by the next call that remembers.
 */
tanu_status service_eval_features(struct eval_sample **out, const struct eval_order *order,
				  tanu_error *err);
void service_eval_free(struct eval_sample **samples, size_t len); /* wipes */
/* Forget at once all that calls of this user remember. */
tanu_status service_eval_forget(tanu_error *err);

/* ---- calibration: from a score to the false match rate that it stands for ---- */

/*
 * The calibration that the thresholds of this site come from: that of the model, raised by the
 * site's own. `s` NULL: no site, that of the model in the default folder of models.
 */
tanu_status service_calibration(struct service *s, tanu_calibration *out, tanu_error *err);

/*
 * Measure the site's own curve: the references of all enrolled people whose consent covers
 * calibration, each opened under a permit of its own and compared with all others. Only the curve
 * is kept, and it only ever raises thresholds. Everybody concerned finds it in her history, also
 * when nothing came of it. TANU_REFUSED (too-few) under 50 people.
 */
struct curve;
tanu_status service_calibrate(struct service *s, struct curve *out, tanu_error *err);

/* As the JSON object that a manifest holds, with a newline, appended. */
void service_calibration_text(struct buf *out, const tanu_calibration *cal);
/*
 * Put it into the manifest of an embedder; `model` is the digest of the weights it was measured
 * with (tanu_embedding). TANU_REFUSED (model-mismatch) when the manifest is of others.
 */
tanu_status service_calibration_save(const char *manifest, const tanu_calibration *cal,
				     const uint8_t model[TANU_MODEL_DIGEST], tanu_error *err);

/* ---- recovery: the key of a second holder, and backups sealed to it ---- */

#define RECOVERY_CODE_LEN   100 /* 20 groups of 4, dashes, a zero */
#define RECOVERY_ANSWER_LEN 17
#define RECOVERY_GRACE_DAYS 7 /* for a backup of the next period, before the last is forgotten */

/* What the holder gets, once. The caller wipes it. */
struct recovery_sheet {
	char code[RECOVERY_CODE_LEN];
	char site[128], log[256];
	int64_t from_ms;   /* when period 0 began */
	int days, periods; /* of a period; how many there are */
};
/*
 * Make a recovery key in place of the one there was: the site keeps public halves, one a period of
 * `days`, the sheet holds the only private one. docs/backup.md has the ceremony.
 */
tanu_status service_recovery_init(struct service *s, struct recovery_sheet *out, int days,
				  tanu_error *err);
/* The holder's part, on whatever machine, without a site: which period a code is of; the code
 * turned forward, after which nothing sealed to earlier periods opens. */
tanu_status service_recovery_period(uint32_t *out, const char *code, tanu_error *err);
tanu_status service_recovery_turn(char out[RECOVERY_CODE_LEN], const char *code, uint32_t period,
				  tanu_error *err);
/* A text for the holder; her answer to it; and whether it is the right one. */
tanu_status service_recovery_challenge(struct service *s, struct buf *out, tanu_error *err);
tanu_status service_recovery_answer(char out[RECOVERY_ANSWER_LEN], const char *challenge,
				    const char *code, tanu_error *err);
tanu_status service_recovery_check(struct service *s, const char *answer, tanu_error *err);

struct recovery_state {
	bool there;
	int64_t from_ms;
	int days, periods;
	uint32_t period;    /* the present one */
	bool over;	    /* there is no present one */
	int64_t turn_ms;    /* the holder turns to the present period by then */
	int64_t tested_ms;  /* 0: never */
	size_t backups;	    /* that can still be opened */
	int64_t backup_ms;  /* the last; 0: none */
	int64_t horizon_ms; /* after it none of them opens; 0: none does */
	tanu_error notice;  /* why the holder's notice could not be written; TANU_OK: it was, or
			       none is asked for */
};
tanu_status service_recovery_state(struct service *s, struct recovery_state *out, tanu_error *err);
/* The signed notice for the holder: who and what has ended since the oldest backup that opens. */
tanu_status service_recovery_notice(struct service *s, struct buf *out, tanu_error *err);

struct backup_order {
	const char *path;					     /* of the file to write */
	void (*progress)(void *self, uint64_t done, uint64_t total); /* bytes, about; may be NULL */
	void *self;
};
struct backup_made {
	int64_t created_ms, forget_ms; /* after the second nothing opens it */
	uint32_t period;
	uint64_t size;
	char sha256[65]; /* of all but the note at its end */
};
/*
 * Settings, database, public log, and all keys but those of faces, sealed to the recovery key.
 * TANU_NOT_FOUND (record-missing): there is none yet. The site is in use meanwhile.
 */
tanu_status service_backup(struct service *s, struct backup_made *out,
			   const struct backup_order *order, tanu_error *err);

struct restore_order {
	const char *backup, *code;
	const char *log_dir; /* the newest copy of the public log */
	bool no_newer_log;   /* instead: nobody has seen a later one than the backup has */
	const char *notice;  /* the holder's last; NULL: none */
	void (*progress)(void *self, uint64_t done, uint64_t total);
	void *self;
};
struct restore_result {
	int64_t created_ms; /* of the backup */
	size_t people;	    /* that came back */
	size_t faces;	    /* that did not: all of them */
	size_t left;	    /* people who have left since, and did not come back */
	size_t ended;	    /* consents that have ended since */
	size_t newer;	    /* people who have given a consent since that is not in the backup */
	size_t log_leaves;  /* entries of the log that are newer than the backup */
	int64_t notice_ms;  /* of the notice; 0: there was none */
	bool log_stopped;
};
/*
 * Into options->data_dir, a new folder. Its root of keys is where `options` say. TANU_INPUT
 * (backup): not a whole backup; TANU_DAMAGED (crypto): another site's key; TANU_ERASED
 * (key-missing): the key has turned past it. After a failure the folder is of no use.
 */
tanu_status service_restore(const struct service_options *options,
			    const struct restore_order *order, struct restore_result *out,
			    tanu_error *err);

/*
 * The impact assessment: `text`, a draft of packaging/notices, filled in that language from the
 * settings in force and what the site holds; appended. Gaps are marked for the operator.
 */
tanu_status service_dpia(struct service *s, struct buf *out, const char *text, size_t text_len,
			 const char *language, tanu_error *err);

/* ---- breaches of data protection (docs/breach.md) ---- */

/* X(NAME, bit, "word"): what got out, was lost or was changed. */
#define BREACH_KIND_LIST(X)              \
	X(NAMES, 0, "names")             \
	X(PAPERS, 1, "papers")           \
	X(CONSENTS, 2, "consents")       \
	X(HISTORY, 3, "history")         \
	X(REFERENCES, 4, "references")   \
	X(PASSES, 5, "passes")           \
	X(PHOTOGRAPHS, 6, "photographs") \
	X(KEYS, 7, "keys")
enum breach_kind {
#define X(name, bit, word) BREACH_##name = 1 << (bit),
	BREACH_KIND_LIST(X)
#undef X
};
#define BREACH_KINDS_LEN 96
tanu_status service_breach_kinds_parse(unsigned *out, const char *text, tanu_error *err);
void service_breach_kinds_text(char out[BREACH_KINDS_LEN], unsigned kinds);

/* X(NAME, "word"): who was told. */
#define BREACH_TOLD_LIST(X)       \
	X(AUTHORITY, "authority") \
	X(RESULT, "result")       \
	X(PERSONS, "persons")     \
	X(OTHER, "other")
enum breach_told {
	BREACH_TOLD_NONE = 0,
#define X(name, word) BREACH_TOLD_##name,
	BREACH_TOLD_LIST(X)
#undef X
	    BREACH_TOLDS
};
const char *service_breach_told_name(enum breach_told whom);
tanu_status service_breach_told_parse(enum breach_told *out, const char *word, tanu_error *err);

#define BREACH_TEXT_MAX	   2000
#define BREACH_WORDS_MAX   160
#define BREACH_PEOPLE_MAX  300000
#define BREACH_NOTICES_MAX 64

struct breach_notice {
	int64_t at_ms;			/* 0: now */
	enum breach_told whom;		/* RESULT: the authority, what was found out */
	char how[BREACH_WORDS_MAX + 1]; /* "by registered letter 17" */
};

struct breach_view {
	tanu_id id;
	char what[BREACH_TEXT_MAX + 1];
	char measures[BREACH_TEXT_MAX + 1]; /* taken; "": none yet */
	char outcome[BREACH_TEXT_MAX + 1];  /* of a closed one */
	int64_t noticed_ms, opened_ms;
	int64_t closed_ms;     /* 0: open */
	unsigned kinds;	       /* set of breach_kind */
	int64_t about;	       /* how many people, as far as is known; 0: not known */
	size_t people;	       /* in whose history it stands */
	int64_t due_ms;	       /* by when the authority is told; 0: no clock runs */
	int64_t result_due_ms; /* by when it gets what was found out; 0: likewise */
	struct breach_notice notices[BREACH_NOTICES_MAX];
	size_t notices_len;
};
/* When this was first told to them; 0: it was not. */
int64_t service_breach_told_ms(const struct breach_view *v, enum breach_told whom);

struct breach_order {
	const char *what;     /* NULL, of an update: as it is */
	const char *measures; /* likewise */
	int64_t noticed_ms;   /* 0: now; of an update: as it is */
	unsigned kinds;	      /* of an update: these too */
	int64_t about;	      /* 0: not known; of an update: as it is */
	bool everybody;	      /* it concerns all who are here */
	const tanu_id *people;
	size_t people_len;
};
/*
 * Into the register, sealed with the site's papers. Its clock is that of the settings at this
 * moment. Everybody it concerns finds it in her history; the public log counts it.
 */
tanu_status service_breach_open(struct service *s, tanu_id *out, const struct breach_order *order,
				tanu_error *err);
/* What became known since. TANU_USAGE (conflict): it is closed. */
tanu_status service_breach_update(struct service *s, const tanu_id *id,
				  const struct breach_order *order, tanu_error *err);
tanu_status service_breach_told(struct service *s, const tanu_id *id,
				const struct breach_notice *notice, tanu_error *err);
/*
 * `untold`: why the authority need not be told; NULL: it was. TANU_REFUSED (held) while a clock
 * runs and neither is so.
 */
tanu_status service_breach_close(struct service *s, const tanu_id *id, const char *outcome,
				 const char *untold, tanu_error *err);
/* Oldest first. */
tanu_status service_breach_each(struct service *s,
				tanu_status (*each)(void *self, const struct breach_view *v,
						    tanu_error *err),
				void *self, tanu_error *err);
/* By its number, or a prefix of at least 6 digits; the only open one where `text` is NULL. */
tanu_status service_breach_find(struct service *s, struct breach_view *out, const char *text,
				tanu_error *err);
/* `text`, a draft of packaging/notices, filled in from the record in that language; appended. */
tanu_status service_breach_draft(struct service *s, struct buf *out, const tanu_id *id,
				 const char *text, size_t text_len, const char *language,
				 tanu_error *err);

/* ---- state of the site ---- */

/*
 * The operator says that the clock is right: the present time becomes the one later clocks are held
 * against, and consents that have ended meanwhile are erased.
 */
tanu_status service_clock_accept(struct service *s, tanu_error *err);

struct service_report {
	char site[128];
	size_t subjects, consents_live, references;
	uint64_t embeddings, permits; /* over the life of the site; must be equal */
	uint64_t sequence, keys_sequence;
	bool rolled_back; /* the database is older than the keys */
	bool rollback_resistant;
	int64_t resistant_since_ms; /* copies of the disk from before had another root */
	char root[8];		    /* "file", "tpm" */
	char tpm[96];		    /* its maker and firmware */
	bool tpm_software;	    /* a program: its memory is a file that can be copied too */
	uint64_t tpm_turns;	    /* how often its secret was replaced */
	size_t keys;
	struct os_sandbox_report sandbox;
	char store[64];
	size_t repaired_tombstones, dropped_orphans, expired; /* at this opening */
	size_t aged;			 /* likewise: people whose references were too old */
	int64_t now_ms, known_ms;	 /* the clock, and the latest time of the site's writes */
	bool clock_behind, clock_jumped; /* of the first against the second */
	size_t held;			 /* ended consents that wait for the clock */
	size_t erased_late;		 /* at this opening: erasures past setting erase.hours */
	int64_t late_since_ms;		 /* when the oldest of them was due to begin */
	uint64_t log_size;		 /* entries of the public log */
	tanu_error log_stopped; /* why nothing is added to it any more; TANU_OK: it goes on */
};
tanu_status service_report(struct service *s, struct service_report *out, tanu_error *err);
/*
 * Erasures that were asked for and are not finished, read without keys: for a site that does not
 * open. `since_ms`: of the oldest; 0: none. `due_ms`: by when, by setting erase.hours.
 */
tanu_status service_erasures_waiting(const struct service_options *options, size_t *count,
				     int64_t *since_ms, int64_t *due_ms, tanu_error *err);
tanu_status service_check(struct service *s, tanu_error *err); /* full integrity check */

#endif
