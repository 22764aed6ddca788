/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tanu-worker-qr: reads the QR code in one untrusted image in a sandbox and exits; or looks for one
 * in the frames of a gate's camera until it has found it. A program of its own, so that the decoder
 * of photographs loads no reader of codes. Started by tanu, never by hand.
 */
#include "qr/qr.h"
#include "worker/codes.h"
#include "worker/worker.h"

#include <errno.h>
#include <iconv.h>

/*
 * ZBar asks for converters of character sets even when it is to hand out bytes as they are, and
 * they would be loaded from files, which the sandbox forbids. Here there are none.
 */
__attribute__((visibility("default"))) iconv_t iconv_open(const char *to, const char *from)
{
	(void)to;
	(void)from;
	errno = EINVAL;
	return (iconv_t)-1;
}

int main(int argc, char **argv)
{
	if (argc == 1 && codes_asked())
		return codes_main(qr_glance);
	return worker_main(argc, argv, qr_find);
}
