/* SPDX-License-Identifier: Apache-2.0 */
/* disclosure.h - what the files about disclosure share; nobody else includes it. */
#ifndef SERVICE_DISCLOSURE_H
#define SERVICE_DISCLOSURE_H

#include "service/internal.h"

#define APPROVAL_HEADING "tanu disclosure approval v1\n"
#define APPROVALS_MAX	 8
#define APPROVAL_MAX	 (16 * 1024) /* bytes of a signed approval */

struct approval {
	char key[TANU_ORIGIN_MAX + 64]; /* vkey of who gave it */
	int64_t at_ms;
	struct buf note; /* as signed */
};

/* A sealed disclosure of one person: what the public statement committed to. */
struct sealing {
	uint8_t tag[TANU_LEAF_PART];
	int64_t due_ms;	  /* as extended */
	struct buf event; /* her event's text, which waits */
	bool opened;
};

/* Inside a paper of RECORD_DISCLOSURE. */
struct disclosure {
	tanu_id paper;
	enum disclosure_state state;
	int64_t requested_ms, decided_ms;
	struct buf order_text; /* canonical JSON: what is approved, to the byte */
	struct disclosure_order order;
	struct approval approvals[APPROVALS_MAX];
	size_t approvals_len;
	struct sealing sealings[DISCLOSURE_PEOPLE_MAX]; /* as order.subjects, when sealed */
	size_t sealings_len;
};

tanu_status order_encode(struct buf *out, const struct service *s,
			 const struct disclosure_order *order, tanu_error *err);
tanu_status order_decode(struct disclosure_order *out, const struct buf *text, tanu_error *err);
tanu_status disclosure_encode(struct buf *out, const struct disclosure *d, tanu_error *err);
tanu_status disclosure_decode(struct disclosure *out, const struct buf *text, tanu_error *err);
void disclosure_free(struct disclosure *d); /* wipes */

/* TANU_NOT_FOUND (record-missing). */
tanu_status disclosure_get(struct service *s, struct disclosure *out, const tanu_id *id,
			   tanu_error *err);
/* Part of a transaction. */
tanu_status disclosure_set(struct service *s, const struct disclosure *d, tanu_error *err);
tanu_status disclosures_each(struct service *s,
			     tanu_status (*each)(void *self, const struct disclosure *d,
						 tanu_error *err),
			     void *self, tanu_error *err);

/* May the holder of this key approve at `now_ms`? */
tanu_status approver_counts(struct service *s, bool *out, const char *vkey, int64_t now_ms,
			    tanu_error *err);
/* How many different people, who count, have approved. */
tanu_status approvals_count(struct service *s, size_t *out, const struct disclosure *d,
			    tanu_error *err);

/* The named fields of one person, as members of an open JSON object. */
struct export_range {
	unsigned fields;
	int64_t from_ms, to_ms;
};
tanu_status export_person(struct service *s, struct json_w *w, const tanu_id *subject,
			  const struct export_range *range, tanu_error *err);

#endif
