/* SPDX-License-Identifier: Apache-2.0 */
/*
 * crowd.h - people from the photographs of lfw-dev at simulated doors, with evidence of life that
 * is made up and says so: for the flow of a morning. Nothing of them is kept.
 */
#ifndef TESTS_GATE_CROWD_H
#define TESTS_GATE_CROWD_H

#include "face/photos.h"
#include "gate/world.h"

/* Two photographs of one person, and what an enrolment makes of the first. */
struct pair_of_photos {
	char enrolled[256], shown[256];
};

/* The first `len` people with two photographs or more; false, with a line printed: no data. */
bool crowd_find(struct pair_of_photos *out, size_t len);
/* Enrol: the person of this number is there, consents, and has this reference. False: the
 * photograph is not good enough for an enrolment. */
bool crowd_enrol(struct world *w, size_t person, const char *photo);
/* Hold it before the camera; NULL: nobody is there. */
void crowd_show(struct world *w, const struct photo *photo);

/* Recorded frames in memory, played to and fro. */
#define FILM_FRAMES 80
struct film {
	struct photo frame[FILM_FRAMES];
	size_t len, at;
};
/* A session of nuaa-train: "nuaa-train/live/0001", "0001_00_00_02_". False: it is not here. */
bool film_open(struct film *f, const char *folder, const char *session);
void film_close(struct film *f);
/* The next frame is shown; as world.hand, of hand_self. */
void film_turn(struct world *w);

/*
 * A session of recorded frames plays before the camera, while the card of this person is shown.
 * False: it is not here.
 */
bool crowd_play(struct world *w, size_t person, const char *folder, const char *session,
		int64_t ms);

/* A site that is real: what it does in a morning. */
struct crowd_site {
	/* Doors and people are there, nobody is lent: pair them, and put `site` into each door. */
	void (*begin)(void *self, struct world **doors, size_t doors_len);
	void (*before)(void *self, size_t visit, size_t visits);
	void (*end)(void *self); /* all events have come */
	void *self;
};

/* What became of a morning. */
struct morning {
	size_t people, doors;
	size_t right[2], right_in[2]; /* who may come in, by lane (face, other), and who did */
	size_t wrong, wrong_in;	      /* stolen cards, lent cards, cards of who refused */
	/* Recordings, with the real evidence: of living people, and of prints held before a webcam.
	 */
	size_t living, living_in, prints, prints_in;
	size_t waiting_most; /* events at a gate, for the site */
	size_t by_lane[2];   /* grants by the way that was taken */
	uint32_t *waited[2]; /* ms, of grants, by lane */
	size_t waited_len[2];
	uint64_t embeddings, permits;
	size_t events, lost; /* lost or doubled: numbers against events */
};
/*
 * `people` come in `minutes`, through two doors, and between them recordings, where they are here.
 * `site` NULL: it is played.
 */
void morning_run(struct morning *out, size_t people, double minutes, const struct crowd_site *site);
void morning_print(const struct morning *m);
void morning_free(struct morning *m);

#endif
