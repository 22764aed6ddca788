/* SPDX-License-Identifier: Apache-2.0 */
/* reference.h - (inside cli/) the written reference, drawn from the tables. */
#ifndef CLI_REFERENCE_H
#define CLI_REFERENCE_H

#include "cli/verb.h"

void man_program(struct buf *out);		    /* tanu.1 */
void man_group(struct buf *out, const char *group); /* tanu-GROUP.1 */
void man_settings(struct buf *out);		    /* tanu.ini.5 */
void markdown_reference(struct buf *out);	    /* docs/cli.md */

#endif
