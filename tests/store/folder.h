/* SPDX-License-Identifier: Apache-2.0 */
/* A temporary folder for a test program, and its files as the tests look at them. */
#ifndef TESTS_STORE_FOLDER_H
#define TESTS_STORE_FOLDER_H

#include "base/base.h"

const char *folder_make(void);		   /* "/tmp/tanu-test-XXXXXX", gone when the program ends */
const char *folder_file(const char *name); /* path in it; valid until the next but three call */
void folder_clear(void);		   /* no files in it */

void file_read(struct buf *out, const char *path);
void file_write(const char *path, const void *bytes, size_t len);
/* Does any file of the folder hold these bytes? */
bool folder_holds(const void *bytes, size_t len);

#endif
