/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rules.h - who may pass, and what the door does. Pure functions: no I/O, no clock, no memory.
 * What is known and the time go in, a decision comes out. The zero value of every answer keeps the
 * door shut, and of every question leads to it.
 *
 * Two things no setting can change: an exit is granted at once, whatever else holds; and where a
 * face is a way in, there is a way without one in the same hours.
 */
#ifndef RULES_RULES_H
#define RULES_RULES_H

#include "base/base.h"
#include "match/match.h"

/* ---- what a zone asks for, and when ---- */

/* What a person may bring. X(NAME, bit number, "word") */
#define RULES_FACTOR_LIST(X) \
	X(CARD, 0, "card")   \
	X(PASS, 1, "pass")   \
	X(PIN, 2, "pin")     \
	X(FACE, 3, "face")   \
	X(GUARD, 4, "guard") /* looks, and says that it is she */

/* A set of factors is the bitwise or. A way in is such a set: all of them are needed. */
enum rules_factor {
#define X(name, bit, word) RULES_##name = 1 << (bit),
	RULES_FACTOR_LIST(X)
#undef X
	    RULES_CLAIMS = RULES_CARD | RULES_PASS | RULES_PIN, /* say who she is */
	RULES_FACTORS = RULES_CLAIMS | RULES_FACE | RULES_GUARD,
};

#define RULES_WAYS_MAX	   8
#define RULES_WINDOWS_MAX  32
#define RULES_HOLIDAYS_MAX 64
#define RULES_DAY_MIN	   1440 /* minutes */
#define RULES_HOLIDAY	   0x80 /* of struct rules_window.days */

/* Hours, and the ways in that are open in them. */
struct rules_window {
	uint8_t days;	   /* bit 0 Monday to bit 6 Sunday; on a holiday bit 7 alone counts */
	uint16_t from_min; /* minute of the local day, 0 to 1439 */
	uint16_t to_min; /* not open from this minute on; at or before from_min: of the next day */
	uint8_t ways[RULES_WAYS_MAX];
	size_t ways_len;
};

enum rules_passback {
	RULES_PASSBACK_OFF = 0,
	RULES_PASSBACK_SOFT = 1, /* who is inside already comes in, and it is noted */
	RULES_PASSBACK_HARD = 2, /* does not, unless the guard says so */
};

/* With a clock that can't be trusted hours mean nothing. */
enum rules_no_clock {
	RULES_NO_CLOCK_GUARD = 0,  /* the guard's release only */
	RULES_NO_CLOCK_COMMON = 1, /* ways without a face that are open in all windows */
};

struct rules_zone {
	struct rules_window windows[RULES_WINDOWS_MAX];
	size_t windows_len;
	tanu_date holidays[RULES_HOLIDAYS_MAX];
	size_t holidays_len;
	enum rules_passback passback;
	enum rules_no_clock no_clock;
	bool guard_release; /* a guard may open the door for somebody without a claim */
};

/*
 * TANU_USAGE (setting) and a sentence for a zone that must not be: a way of fewer than two factors,
 * without a claim, or with a factor that is not listed; a window with a face in a way and no way
 * without; no hours, no days.
 */
tanu_status rules_zone_check(const struct rules_zone *zone, tanu_error *err);

/*
 * "mon-fri 07:30-18:00 card+face pass+face card+pin card+guard": days (mon to sun, from-to, commas,
 * "holiday", "all" with holidays), hours (24:00 is the end of the day), ways. TANU_USAGE (setting)
 * says which word is not understood. The window is checked by rules_zone_check.
 */
tanu_status rules_window_parse(struct rules_window *out, const char *text, tanu_error *err);
/* The same, written: at most RULES_WINDOW_TEXT bytes with the final zero. */
#define RULES_WINDOW_TEXT 320
void rules_window_text(char out[RULES_WINDOW_TEXT], const struct rules_window *window);
/* "card+pin"; "nothing" for no factors. */
#define RULES_WAY_TEXT 32
void rules_way_text(char out[RULES_WAY_TEXT], unsigned way);

/* Local civil time; who hands it in knows the time zone. */
struct rules_time {
	bool trusted;
	tanu_date date;
	uint16_t minute; /* of the day, 0 to 1439 */
};

/* The ways open at that time into `ways` (no way twice); their number. */
size_t rules_ways_at(uint8_t ways[RULES_WINDOWS_MAX * RULES_WAYS_MAX],
		     const struct rules_zone *zone, const struct rules_time *at);

/* ---- one person at one door ---- */

enum rules_direction {
	RULES_ENTRY = 0,
	RULES_EXIT = 1,
};

/* What is known of a card or pass. */
enum rules_claim {
	RULES_CLAIM_NONE = 0, /* none was shown */
	RULES_CLAIM_UNKNOWN,
	RULES_CLAIM_FORGED,	 /* a seal does not open, a site code is not ours */
	RULES_CLAIM_BLOCKED,	 /* lost, stolen, revoked */
	RULES_CLAIM_OUT_OF_DATE, /* not yet, or no longer */
	RULES_CLAIM_VALID,
};

enum rules_pin {
	RULES_PIN_NONE = 0,
	RULES_PIN_WRONG,
	RULES_PIN_LOCKED, /* wrong too often */
	RULES_PIN_RIGHT,
};

enum rules_guard {
	RULES_GUARD_NONE = 0,
	RULES_GUARD_NO,	     /* has looked: it is not she */
	RULES_GUARD_YES,     /* has looked: it is she */
	RULES_GUARD_RELEASE, /* opens on her own account, claim or not */
};

/* What the evidence against a picture, screen or mask rests on; doors ask for a sequence. */
enum rules_pad {
	RULES_PAD_NONE = 0,
	RULES_PAD_FRAME,
	RULES_PAD_SEQUENCE,
};

enum rules_live {
	RULES_LIVE_UNKNOWN = 0,
	RULES_LIVE_ATTACK, /* a part of the evidence is clear: not a live face */
	RULES_LIVE_THIN,   /* neither; with a waiver, all that the eyes can't give */
	RULES_LIVE_YES,
};

enum rules_lease {
	RULES_LEASE_NONE = 0,
	RULES_LEASE_EXPIRED,
	RULES_LEASE_VALID,
};

enum rules_presence {
	RULES_PRESENCE_UNKNOWN = 0,
	RULES_OUTSIDE,
	RULES_INSIDE,
};

struct rules_request {
	enum rules_direction direction;
	struct rules_time at;
	bool fire;
	bool lockdown;

	enum rules_claim card;
	enum rules_claim pass;
	enum rules_pin pin;
	bool one_person; /* all claims name the same person */
	bool allowed;	 /* she has a right to this zone */
	enum rules_presence presence;
	enum rules_guard guard;

	/* Her face, where it was compared. */
	tanu_decision face;
	enum rules_pad pad;
	enum rules_live live;
	tanu_consent_state consent; /* to `access` */
	enum rules_lease lease;
	bool waiver;	    /* her eyes can't give evidence: another factor replaces it */
	bool second_factor; /* somebody looks too much like her: a face is not enough with a card */
};

enum rules_verdict {
	RULES_DENY = 0,
	RULES_GRANT = 1,
};

/* What the person is shown. There is no red light. */
enum rules_show {
	RULES_SHOW_ASSIST = 0, /* somebody is coming */
	RULES_SHOW_ASK = 1,    /* one more step: `missing` */
	RULES_SHOW_GO = 2,
};

/* X(NAME, "stable-word", verdict, show, meaning): for the log; a person is never shown it. */
#define RULES_REASON_LIST(X)                                                                     \
	X(NONE, "undecided", DENY, ASSIST, "nothing was decided")                                \
	X(EXIT, "exit", GRANT, GO, "an exit is never held")                                      \
	X(WAY, "granted", GRANT, GO, "all that a way in asks for was there")                     \
	X(RELEASED, "guard-release", GRANT, GO, "the guard opened on her own account")           \
	X(NO_POLICY, "no-policy", DENY, ASSIST, "the zone has no valid rules")                   \
	X(FIRE, "fire", DENY, ASSIST, "fire: nobody is let in; the door stands free")            \
	X(RELEASE_OFF, "release-off", DENY, ASSIST, "guards may not release this zone")          \
	X(GUARD_REFUSED, "guard-refused", DENY, ASSIST, "the guard has looked and said no")      \
	X(LOCKDOWN, "lockdown", DENY, ASSIST, "lockdown: the guard's release only")              \
	X(NO_CLAIM, "no-claim", DENY, ASK, "nobody has said who she is")                         \
	X(UNKNOWN, "claim-unknown", DENY, ASSIST, "the card or pass is not known")               \
	X(FORGED, "claim-forged", DENY, ASSIST, "the card or pass is forged or of another site") \
	X(BLOCKED, "claim-blocked", DENY, ASSIST, "the card or pass is lost or revoked")         \
	X(OUT_OF_DATE, "claim-out-of-date", DENY, ASSIST, "the card or pass is out of date")     \
	X(PIN_WRONG, "pin-wrong", DENY, ASK, "the PIN is wrong")                                 \
	X(PIN_LOCKED, "pin-locked", DENY, ASSIST, "the PIN was wrong too often")                 \
	X(CLAIMS_DIFFER, "claims-differ", DENY, ASSIST,                                          \
	  "card, pass and PIN are of different people")                                          \
	X(NOT_ALLOWED, "not-allowed", DENY, ASSIST, "she has no right to this zone")             \
	X(HOURS, "outside-hours", DENY, ASSIST, "no way in is open at this hour")                \
	X(NO_CLOCK, "no-clock", DENY, ASSIST, "the time is not known: the guard's release only") \
	X(ATTACK, "attack", DENY, ASSIST, "what was shown is not a live face")                   \
	X(NO_MATCH, "no-match", DENY, ASK, "the face is not that of the claim")                  \
	X(NOT_LIVE, "not-live", DENY, ASK, "too little evidence of a live face")                 \
	X(SECOND_FACTOR, "second-factor", DENY, ASK, "beside the face another factor is needed") \
	X(MORE, "one-more-factor", DENY, ASK, "the way in asks for one more factor")             \
	X(PASSBACK, "passback", DENY, ASSIST, "she is inside already")

enum rules_reason {
#define X(name, word, verdict, show, meaning) RULES_R_##name,
	RULES_REASON_LIST(X)
#undef X
	    RULES_REASONS
};

struct rules_decision {
	enum rules_verdict verdict;
	enum rules_reason reason;
	enum rules_show show;
	uint8_t way;	 /* of a grant: the way in that was taken */
	uint8_t missing; /* RULES_SHOW_ASK: what to ask her for next */
	bool was_inside; /* granted though she was inside: to be noted */
};

/*
 * One look at what has been brought so far; asked again after every new factor. `zone` may be NULL
 * or broken: then nobody comes in. With a face that has no live consent, no valid lease, or no
 * sequence behind its liveness, the face counts for nothing, and the ways without one stand as they
 * are: nobody is asked for what she can't give.
 */
struct rules_decision rules_decide(const struct rules_zone *zone,
				   const struct rules_request *request);
const char *rules_reason_word(enum rules_reason reason);
const char *rules_reason_meaning(enum rules_reason reason);

/* ---- the door as a state table ---- */

/* X(NAME, "word") */
#define DOORWAY_STATE_LIST(X)                                         \
	X(LOCKED, "locked")                                           \
	X(GRANTED, "granted")	/* unlocked for one passage */        \
	X(OPEN, "open")		/* the leaf is open, rightly */       \
	X(HELD, "held")		/* open too long */                   \
	X(FORCED, "forced")	/* opened without a grant */          \
	X(LOCKDOWN, "lockdown") /* no grants */                       \
	X(FIRE, "fire")		/* unlocked until the fire is over */ \
	X(FAULT, "fault")	/* the door does not answer */

enum doorway_state {
#define X(name, word) DOORWAY_##name,
	DOORWAY_STATE_LIST(X)
#undef X
	    DOORWAY_STATES
};

enum doorway_event {
	DOORWAY_TICK = 0, /* time has passed */
	DOORWAY_GRANT,
	DOORWAY_RELEASE, /* somebody opens on her own account: also in a lockdown */
	DOORWAY_EXIT,	 /* the button inside, or an exit that was decided */
	DOORWAY_OPENED,
	DOORWAY_CLOSED,
	DOORWAY_PASSED, /* a sensor saw one person come in */
	DOORWAY_LOCKDOWN_ON,
	DOORWAY_LOCKDOWN_OFF,
	DOORWAY_FIRE_ON,
	DOORWAY_FIRE_OFF,
	DOORWAY_LOST,  /* the door's driver fails */
	DOORWAY_FOUND, /* and works again, after OPENED or CLOSED has told where the leaf is */
	DOORWAY_EVENTS
};

/* What happened, for the log. X(NAME, "stable-word") */
#define DOORWAY_NOTE_LIST(X)                                               \
	X(NOTHING, "")                                                     \
	X(UNLOCKED, "unlocked")                                            \
	X(EXIT, "exit")                                                    \
	X(PASSED, "passed")                                                \
	X(NOT_TAKEN, "not-taken")   /* granted, and nobody went through */ \
	X(SECOND, "second-passage") /* more came in than were granted */   \
	X(HELD, "held-open")                                               \
	X(HELD_OVER, "held-open-over")                                     \
	X(FORCED, "forced")                                                \
	X(FORCED_OVER, "forced-over")                                      \
	X(LOCKDOWN, "lockdown")                                            \
	X(LOCKDOWN_OVER, "lockdown-over")                                  \
	X(FIRE, "fire")                                                    \
	X(FIRE_OVER, "fire-over")                                          \
	X(FAULT, "door-fault")                                             \
	X(FAULT_OVER, "door-fault-over")

enum doorway_note {
#define X(name, word) DOORWAY_NOTE_##name,
	DOORWAY_NOTE_LIST(X)
#undef X
	    DOORWAY_NOTES
};

struct doorway_options {
	int64_t grant_ms;    /* how long a grant waits for its passage */
	int64_t exit_ms;     /* how long the button inside unlocks */
	int64_t held_ms;     /* open longer than this is held */
	bool counts;	     /* a sensor tells passages; otherwise opening the leaf is one */
	bool handle_is_exit; /* a handle inside opens without telling: then opening is no force */
};

/* Zeroed: locked, shut, nothing granted. Times are of a monotonic clock, in milliseconds. */
struct doorway {
	enum doorway_state state;
	bool leaf_open, fire, lockdown, lost;
	bool owed;	  /* a granted passage that was not taken yet */
	bool next;	  /* another grant, that came while the leaf was open */
	int64_t until_ms; /* end of GRANTED, and of OPEN before it is HELD */
	int64_t exit_until_ms;
};

struct doorway_step {
	bool release;  /* the lock, from now on */
	bool accepted; /* of GRANT and RELEASE: the next passage is hers */
	enum doorway_note note;
	int64_t wake_ms; /* send DOORWAY_TICK then; INT64_MAX: no need */
};

/*
 * The door locks again as soon as its leaf is open or the passage counted: one passage a grant. An
 * exit unlocks in every state. Fire unlocks until it is over. A lockdown takes back a grant that
 * was not used, and takes none but a release. A door that does not answer grants nothing.
 */
struct doorway_step doorway_next(struct doorway *door, const struct doorway_options *options,
				 enum doorway_event event, int64_t now_ms);
/* Would a grant be accepted now? To be asked before a card is used up. */
bool doorway_may_grant(const struct doorway *door);
bool doorway_may_release(const struct doorway *door);
const char *doorway_state_word(enum doorway_state state);
const char *doorway_note_word(enum doorway_note note);

#endif
