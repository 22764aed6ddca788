/* SPDX-License-Identifier: Apache-2.0 */
/*
 * qr.h - find and read a QR code in pixels. Sole user of ZBar. That library has been broken by
 * made-up codes before, so pictures of strangers are given to it only in a process that is shut in:
 * worker_read_code of worker/.
 */
#ifndef QR_QR_H
#define QR_QR_H

#include "os/os.h"

#include <tanu/image.h>

#define QR_BYTES_MAX 2953 /* what a code of version 40-L holds */

/*
 * The bytes of the code, appended to `out`, as they are: no guess at a character set. With several
 * codes in sight the largest. Looks at the pixels as they are, then sharpened, then at twice the
 * size. Plan for TANU_NOT_FOUND (no-code); TANU_UNSUPPORTED (not-built) where ZBar was not there
 * when this was built.
 */
tanu_status qr_find(struct buf *out, const tanu_pixels *image, tanu_error *err);

/*
 * One of those looks, for frames that come one after another: as they are, and every third turn
 * sharpened. The same statuses.
 */
tanu_status qr_glance(struct buf *out, const tanu_pixels *image, unsigned turn, tanu_error *err);

#endif
