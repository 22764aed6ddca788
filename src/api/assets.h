/* SPDX-License-Identifier: Apache-2.0 */
/* assets.h - (inside api/) what the build has embedded: web/dist, file by file. */
#ifndef API_ASSETS_H
#define API_ASSETS_H

#include <stdbool.h>
#include <stddef.h>

struct asset {
	const char *path; /* "/index.html" */
	const char *type;
	const char *tag, *tag_quoted; /* of its SHA-256 */
	bool immutable;		      /* its name changes with its content: below /assets/ */
	const unsigned char *bytes, *end;
};
extern const struct asset assets[];
extern const size_t assets_len;

#endif
