/* SPDX-License-Identifier: Apache-2.0 */
/* inside.h - (inside gate/) what its files share. */
#ifndef GATE_INSIDE_H
#define GATE_INSIDE_H

#include "gate/eye.h"
#include "gate/gate.h"
#include "gate/link.h"
#include "gate/visit.h"

#include "consent/permit.h"
#include "lease/lease.h"
#include "lease/ticket.h"
#include "os/os.h"

#include <pthread.h>

#define PIN_DIGITS_MAX 8
#define TRIES_MAX      64 /* people whose wrong PINs are counted */
#define WAITS_MAX      1024
#define VIEWERS_MAX    4
#define COMMAND_MAX    64

/* ---- pins.c: wrong PINs, by person ---- */

struct pin_tries {
	struct {
		tanu_id subject;
		unsigned wrong;
		int64_t last_ms;
	} row[TRIES_MAX];
};
bool pin_is_locked(const struct pin_tries *tries, const tanu_id *subject, unsigned most,
		   int64_t lock_ms, int64_t now_ms);
void pin_was_wrong(struct pin_tries *tries, const tanu_id *subject, int64_t now_ms);
void pin_was_right(struct pin_tries *tries, const tanu_id *subject);

/* ---- presence.c: who is inside, as far as this door has seen ---- */

struct presence;
tanu_status presence_new(struct presence **out, size_t people_max, tanu_error *err);
void presence_free(struct presence **presence);
enum rules_presence presence_of(const struct presence *presence, const tanu_id *subject);
void presence_set(struct presence *presence, const tanu_id *subject, enum rules_presence where);

/* ---- waits.c: how long people waited, by lane ---- */

struct waits {
	uint32_t ms[2][WAITS_MAX];
	size_t len[2], next[2];
	uint64_t grants[2], refusals[2];
};
void waits_add(struct waits *waits, int lane, uint32_t ms, bool granted);
uint32_t waits_percentile(const struct waits *waits, int lane, unsigned percent);

/* ---- the gate ---- */

/* What is known of the person in front of it. Wiped when she has gone. */
struct person {
	struct rules_request request;
	tanu_id subject; /* zero: nobody known */
	struct lease_person known;
	uint16_t generation; /* of her pass; 0: a card */
	struct pass_shown {
		bool there;
		uint8_t ad[64];
		size_t ad_len;
		uint8_t sealed[512];
		size_t sealed_len;
	} pass;
	uint8_t card[WIEGAND_BYTES]; /* a valid one, as it was shown: for a panel */
	size_t card_bits;	     /* 0: none */
	int64_t since_ms;	     /* first claim */
	bool face_used;
	struct eye_result seen;
	char digits[PIN_DIGITS_MAX + 1];
	size_t digits_len;
	size_t reader; /* where she stands */
};

struct gate {
	const struct settings *settings;
	struct gate_identity identity;
	struct gate_options options; /* devices in it are the gate's */
	struct random_source random;
	char state_dir[OS_PATH_MAX - 64], run_dir[OS_PATH_MAX - 64];

	pthread_mutex_t time_lock;
	struct gate_clock clock;
	int64_t floor_kept_ms;

	struct lease *lease;
	struct lease_keys keys; /* in memory, and in run_dir, which is memory */
	bool has_keys;
	bool clock_refused; /* the site's time is long before what is known here */
	bool expired_told;
	struct permit_book *book;
	struct spool *spool;
	uint32_t lost; /* events that could not be written since the last that could */
	bool stopped;  /* nothing can be written: nobody comes in */
	bool alarm_told;

	struct rules_zone zone;
	bool has_zone;
	char zone_name[LEASE_ZONE_NAME];

	struct visit visit;
	struct visit_options visit_options;
	struct person person;
	struct rules_decision decision;
	enum rules_reason last_reason;
	const char *told;
	enum reader_show shown;

	struct doorway doorway;
	struct doorway_options doorway_options;
	bool released, door_told;
	bool door_busy; /* a grant waits until the one before has passed */
	int64_t door_wake_ms;
	tanu_id passing; /* who was granted and has not passed yet */
	enum rules_direction passing_to;
	unsigned lockdown; /* set of enum lockdown_by */
	bool fire;

	bool bell, bell_late;
	int64_t bell_since_ms;

	bool reader_on[GATE_READERS_MAX];
	struct eye *eye;
	enum camera_trouble trouble;
	bool camera_on, camera_lost;
	bool second_there[SECOND_KINDS], second_on[SECOND_KINDS];
	unsigned second_blind[SECOND_KINDS]; /* times in a row that it said nothing of a face */
	struct link *link;
	bool link_up;
	char link_why[201];	/* as it was told last */
	bool ask_all;		/* a lease was refused: all of it is asked for */
	bool has_orders;	/* the site has said how they stand */
	uint32_t released_upto; /* releases that it ordered until then are done or too old */
	uint32_t answered_upto; /* likewise of bells that it has answered */

	struct view {
		int listening;
		int client[VIEWERS_MAX];
		char command[VIEWERS_MAX][COMMAND_MAX];
		size_t command_len[VIEWERS_MAX];
		uint64_t commands; /* that were taken at the socket */
		int64_t told_ms;
		uint8_t told[DIGEST_LEN]; /* of the last line, without its time */
	} view;
	struct use_ticket {
		struct gate_ticket what;
		size_t reader;				  /* where she stood */
		int64_t offered_until_ms, shown_until_ms; /* 0: it is not */
		char base64[(GATE_TICKET_MAX + 2) / 3 * 4 + 1];
	} ticket;
	struct pin_tries tries;
	struct presence *presence;
	struct waits waits;
	uint64_t grants, refusals, embeddings, permits;
	int64_t upkeep_ms;
	tanu_error trouble_err; /* the last that was told */
};

/* orders.c: who has the doors shut, the site or somebody here; kept over a restart */
enum lockdown_by { LOCKDOWN_GUARD = 1, LOCKDOWN_SITE = 2 };
void orders_read(struct gate *g, int64_t now_ms);
void lockdown_set(struct gate *g, enum lockdown_by by, bool on, int64_t now_ms);
struct link_news;
void orders_take(struct gate *g, const struct link_news *news, int64_t now_ms);

/* time.c */
int64_t gate_now(struct gate *g); /* Unix milliseconds, as it knows the time */
bool gate_time_known(struct gate *g);
void gate_time_watch(struct gate *g); /* notices clocks that were set; keeps the floor */
struct rules_time gate_local_time(struct gate *g);

/* keep.c: what stands on the disk */
tanu_status keep_open(struct gate *g, tanu_error *err);
tanu_status keep_lease(struct gate *g, tanu_error *err); /* table and keys, after a change */
void keep_drop_gallery(struct gate *g);
void keep_floor(struct gate *g);

/* lend.c: leases */
tanu_status lend_take(struct gate *g, const void *doc, size_t doc_len,
		      const struct lease_keys *keys, tanu_error *err);
void lend_zone(struct gate *g); /* the zone of the table becomes the rules */
enum rules_lease lend_state(struct gate *g);
void lend_watch(struct gate *g); /* drops what has run out */

/* report.c: events; false: it could not be written */
bool report(struct gate *g, const struct gate_event *event);
bool report_word(struct gate *g, enum gate_event_kind kind, const char *word, uint32_t number);
void report_decision(struct gate *g, int64_t now_ms);
bool report_possible(struct gate *g); /* can anything be written now? */

/* claim.c: what is shown at a reader */
void claim_take(struct gate *g, size_t reader, const struct reader_event *e, int64_t now_ms);

/* ticket.c: the gate's signed word, for her to take home */
void ticket_keep(struct gate *g, const struct gate_event *event, int64_t now_ms);
bool ticket_give(struct gate *g, int64_t now_ms); /* false: there is none to give */
/* Asked for at a reader: only where she stood. */
void ticket_ask(struct gate *g, size_t reader, int64_t now_ms);
void ticket_end(struct gate *g);
void ticket_watch(struct gate *g, int64_t now_ms);

/* person.c: the visit */
bool gate_sees(
    const struct gate *g); /* its cameras are there: somebody may be asked for her face */
void person_bring(struct gate *g, enum visit_event event, int64_t now_ms);
void person_seen(struct gate *g, const struct eye_result *seen, int64_t now_ms);
void person_guard(struct gate *g, enum rules_guard guard, int64_t now_ms);
void person_answered(struct gate *g); /* somebody is on the way to who waits */
void person_bell(struct gate *g, int64_t now_ms);
void person_watch(struct gate *g, int64_t now_ms);
bool person_begin(struct gate *g, int64_t now_ms); /* a new one; false: it can't begin now */

/* passage.c: the door */
void passage_watch(struct gate *g, int64_t now_ms);
bool passage_event(struct gate *g, enum doorway_event event, int64_t now_ms);

/* panel.c: a panel on the wall that is shown cards */
void panel_tell(struct gate *g); /* somebody is let in */
void panel_watch(struct gate *g);

/* view.c */
tanu_status view_open(struct gate *g, const char *path, tanu_error *err);
void view_close(struct gate *g);
void view_watch(struct gate *g, int64_t now_ms);

/* words.c */
void tell(struct gate *g, const char *key);
const char *words_of(const char *language, const char *key);

/* log: a line without any person */
void gate_log(struct gate *g, const char *fmt, ...) TANU_PRINTF(2, 3);

#endif
