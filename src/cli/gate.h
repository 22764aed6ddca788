/* SPDX-License-Identifier: Apache-2.0 */
/* gate.h - (inside cli/) what the verbs about gates, zones and cards have in common. */
#ifndef CLI_GATE_H
#define CLI_GATE_H

#include "cli/run.h"
#include "print/print.h"
#include "service/gates.h"

#define OPERAND_GATE                                                                         \
	{                                                                                    \
		"GATE", VALUE_WORD, 1, 1, "A gate: its name, or at least 6 digits of its id" \
	}

/* Opens the site and finds the gate that the first operand names. */
tanu_status run_gate(struct run *run, struct gate_view *out, tanu_error *err);
/* ---- the socket of a gate on this machine (gate_view.c) ---- */

#define VIEW_LINE_MAX 4096
#define VIEW_SOCKET   "/run/tanu-gate/view.sock"
/* The gate's next line, without its end. TANU_SYSTEM (device) after ten seconds without one. */
tanu_status view_line_next(int fd, char line[VIEW_LINE_MAX], size_t *len, tanu_error *err);
/* Two rows of dots a line of the terminal, which writes light on dark. */
void say_dots(struct run *run, const struct print_dots *dots);
/* A use-ticket as a QR code, `scale` dots a module; its text goes into the empty `text`. */
tanu_status ticket_dots(struct print_dots *out, struct buf *text, const char *base64, int scale,
			tanu_error *err);

/* A file of secrets or messages that must not be there yet; mode 0600. */
tanu_status write_new(const char *path, const void *bytes, size_t len, tanu_error *err);
/* An option as a date; year 0 without it. */
tanu_status date_option(tanu_date *out, const struct run *run, const char *name, tanu_error *err);

#endif
