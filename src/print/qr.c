/* SPDX-License-Identifier: Apache-2.0 */
#include "print/print.h"

#include <errno.h>
#include <qrencode.h>
#include <stdlib.h>

#define BYTES_MAX 2953 /* version 40, level L */

static QRecLevel level_of(enum qr_level level)
{
	static const QRecLevel levels[] = {QR_ECLEVEL_L, QR_ECLEVEL_M, QR_ECLEVEL_Q, QR_ECLEVEL_H};

	return levels[level];
}

static tanu_status encode_failed(tanu_error *err)
{
	if (errno == ERANGE)
		return tanu_fail(err, TANU_ERR_FILE_TOO_LARGE, "QR code",
				 "more bytes than a QR code holds");
	return tanu_fail(err, TANU_ERR_NO_MEMORY, "QR code", "not enough memory for a QR code");
}

tanu_status qr_encode(struct qr_symbol *out, const void *bytes, size_t bytes_len,
		      enum qr_level level, tanu_error *err)
{
	struct qr_symbol symbol = {0};
	QRcode *code = NULL;
	size_t modules;

	errno = ERANGE;
	if (bytes_len > 0 && bytes_len <= BYTES_MAX)
		code = QRcode_encodeData((int)bytes_len, bytes, 0, level_of(level));
	if (!code)
		return encode_failed(err);
	symbol.side = code->width;
	modules = (size_t)code->width * (size_t)code->width;
	symbol.dark = calloc(modules, sizeof(*symbol.dark));
	for (size_t i = 0; i < modules && symbol.dark; i++)
		symbol.dark[i] = code->data[i] & 1;
	QRcode_free(code);
	if (!symbol.dark)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, "QR code",
				 "not enough memory for a QR code");
	*out = symbol;
	return TANU_OK;
}

void qr_free(struct qr_symbol *symbol)
{
	free(symbol->dark);
	*symbol = (struct qr_symbol){0};
}
