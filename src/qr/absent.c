/* SPDX-License-Identifier: Apache-2.0 */
/* Stands in where ZBar was not there when this was built. */
#include "qr/qr.h"

static tanu_status absent(tanu_error *err)
{
	return tanu_fail(err, TANU_ERR_NOT_BUILT, NULL,
			 "this build can't read QR codes: it was made without ZBar");
}

tanu_status qr_find(struct buf *out, const tanu_pixels *image, tanu_error *err)
{
	(void)out;
	(void)image;
	return absent(err);
}

tanu_status qr_glance(struct buf *out, const tanu_pixels *image, unsigned turn, tanu_error *err)
{
	(void)out;
	(void)image;
	(void)turn;
	return absent(err);
}
