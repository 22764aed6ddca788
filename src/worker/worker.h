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

/* Body of prog/tanu-worker.c: shuts itself in, decodes once, exits. */
int worker_main(int argc, char **argv);

/*
 * Where the worker program is: $TANU_WORKER, beside the program, ../libexec/tanu from there, or the
 * place of the installation.
 */
tanu_status worker_find(char *out, size_t out_len, tanu_error *err);

#endif
