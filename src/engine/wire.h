/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wire.h - (inside engine/) packets between the service and a process that measures. Both ends are
 * one build: structures travel as they lie in memory, and the service checks what it gets.
 */
#ifndef ENGINE_WIRE_H
#define ENGINE_WIRE_H

#include "engine/engine.h"

#define WIRE_TEXT_LEN	200
#define WIRE_MODELS_LEN 1024
#define WIRE_SIDE_MAX	20000 /* px */

enum wire_what { WIRE_HELLO = 1, WIRE_LOOK = 2, WIRE_EMBED = 3 };
struct wire_request {
	uint32_t what;
	int32_t width, height; /* of the pixels in the descriptor that comes along, rows whole */
	tanu_session_options options;
	char models_dir[WIRE_MODELS_LEN]; /* of the hello; "": the default search */
};
struct wire_reply {
	int32_t code; /* enum tanu_error_code; 0: it was done */
	char text[WIRE_TEXT_LEN];
	union {
		uint8_t model[TANU_MODEL_DIGEST]; /* of the hello */
		tanu_faces faces;
		tanu_embedding embedding;
	};
};

#endif
