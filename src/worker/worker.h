/* SPDX-License-Identifier: Apache-2.0 */
/*
 * worker.h - decoding of untrusted bytes in a one-shot sandboxed process. tanu_image_read and
 * tanu_image_decode are implemented here on top of it.
 *
 * The parent starts tanu-worker with four descriptors: bytes in (a sealed memfd), pixels out (a
 * memfd sealed against shrinking, sized by the limits), a status pipe, and nothing else. The child
 * enters the sandbox before it reads the first byte. A child that dies, hangs or lies costs one
 * image.
 */
#ifndef WORKER_WORKER_H
#define WORKER_WORKER_H

#include "image/image.h"
#include "os/os.h"

/*
 * Body of prog/tanu-worker.c and tanu-worker-qr.c: shuts itself in, decodes once, exits. `find`
 * reads a code out of the pixels; NULL: the pixels themselves are the answer.
 */
typedef tanu_status (*worker_find_code)(struct buf *out, const tanu_pixels *image, tanu_error *err);
int worker_main(int argc, char **argv, worker_find_code find);

/*
 * The bytes of the QR code in a picture, appended to `out`: decoded and read in a process of its
 * own, tanu-worker-qr. `limits` may be NULL. Plan for TANU_NOT_FOUND (no-code) and what
 * tanu_image_decode plans for.
 */
tanu_status worker_read_code(struct buf *out, const uint8_t *bytes, size_t bytes_len,
			     const char *name, const tanu_image_limits *limits, tanu_error *err);

/*
 * Where a worker program is: $TANU_WORKER, beside the program, ../libexec/tanu from there, or the
 * place of the installation. `kind`: what its name ends in, "" or "-qr".
 */
tanu_status worker_find(char *out, size_t out_len, const char *kind, tanu_error *err);

#endif
