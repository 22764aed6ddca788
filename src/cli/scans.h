/* SPDX-License-Identifier: Apache-2.0 */
/* scans.h - (inside cli/) signed forms that come back as files, sorted into piles. */
#ifndef CLI_SCANS_H
#define CLI_SCANS_H

#include "cli/run.h"

#define SCANS_MAX 20000 /* files of one call */

/* What lies in the folder for one form. */
struct pile {
	struct form_view form;
	char name[NAME_MAX_BYTES + 1]; /* of the person */
	struct {
		char *path; /* owned by the list of files */
		int page;   /* 0: a signed document, all of it */
		uint8_t sha256[32];
	} page[EVIDENCE_PAGES_MAX];
	size_t pages_len;
	bool is_signed; /* electronically: page[0] is the document */
	struct signature_view signature;
	char *signature_path; /* likewise owned there */
	/* What is to be recorded, and what came of it. */
	bool decided, recorded;
	unsigned yes, no;
	bool assent;
	tanu_error failed; /* TANU_OK: it is fine so far */
};

/* A file that is of no use, and why. */
struct stray {
	const char *path;
	tanu_error why;
};

struct scans {
	struct run *run;
	char **files; /* sorted, owned */
	size_t files_len, files_cap;
	struct pile *piles; /* one for each form here, in the order of codes */
	size_t piles_len, piles_cap;
	struct stray *strays;
	size_t strays_len;
	struct {
		uint8_t sha256[32];
		const char *path;
	} * seen;
	size_t seen_len;
};

/* ---- scans_read.c ---- */

/* All forms of the site, and the files that the operands name, read and sorted. */
tanu_status scans_read(struct scans *s, tanu_error *err);
void scans_close(struct scans *s);
/* Is anything here of this form? */
bool pile_is_empty(const struct pile *pile);
/* Can it be recorded? The page that is signed is the last. The reason into `why` when not. */
bool pile_is_ready(const struct pile *pile, tanu_error *why);
/* Which purposes wait for an answer. */
unsigned pile_waits(const struct pile *pile);

/* ---- scans_list.c ---- */

/* From a CSV file with the columns code, yes, no, assent: what somebody has read on the forms. */
tanu_status scans_decide(struct scans *s, const char *path, tanu_error *err);
/* Such a file to be filled in. */
tanu_status scans_propose(struct scans *s, const char *path, tanu_error *err);
/* The same asked for, form by form, at a terminal. */
tanu_status scans_ask(struct scans *s, tanu_error *err);
/* Words as people type them: "access, visit", "all", "-" and nothing for none. */
tanu_status purposes_typed(unsigned *out, unsigned all, const char *text, tanu_error *err);

/* ---- scans_record.c ---- */

/* All that was decided; what is refused stays with its pile. */
tanu_status scans_record(struct scans *s, bool keep, tanu_error *err);

#endif
