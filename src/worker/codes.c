/* SPDX-License-Identifier: Apache-2.0 */
/* The process that looks for codes, one frame after another: shut in first. */
#include "worker/codes.h"

#include <string.h>
#include <unistd.h>

/* The program, its libraries, and what ZBar makes of a picture of twice the size. */
#define BYTES_PER_PIXEL 32
#define BYTES_BESIDE	((size_t)128 << 20)
#define CPU_SECONDS	600 /* then it is started anew */

static bool request_get(struct codes_request *out)
{
	size_t len = os_fd_size(CODES_FD_REQUEST);
	uint8_t *bytes = os_map(CODES_FD_REQUEST, len, false);
	bool sound = bytes && codes_request_read(out, bytes, len);

	os_unmap(bytes, len);
	return sound;
}

bool codes_asked(void)
{
	struct codes_request request;

	return request_get(&request);
}

static bool answer(const struct buf *code)
{
	struct codes_reply reply = {.len = code->len <= CODES_BYTES_MAX ? code->len : 0};
	struct buf out = {0};
	ssize_t put;

	if (reply.len)
		memcpy(reply.bytes, code->data, reply.len);
	codes_reply_put(&out, &reply);
	put = out.failed ? -1 : write(CODES_FD_REPLIES, out.data, out.len);
	buf_wipe(&out);
	return put == CODES_REPLY_LEN;
}

/* False: it is over. */
static bool look_once(codes_look look, const uint8_t *map, const struct codes_request *request,
		      unsigned turn)
{
	struct buf code = {0};
	tanu_error err = {0};
	tanu_pixels pixels;
	char byte;
	bool goes_on;

	if (read(CODES_FD_LOOK, &byte, 1) != 1 || !codes_frame_get(&pixels, map, request))
		return false;
	if (look(&code, &pixels, turn, &err) < 0)
		code.len = 0;
	goes_on = answer(&code) && code.len == 0;
	buf_wipe(&code);
	return goes_on;
}

int codes_main(codes_look look)
{
	struct codes_request request;
	struct os_sandbox_options options = {.cpu_seconds = CPU_SECONDS};
	const uint8_t *map;

	os_harden_process();
	if (!request_get(&request))
		return TANU_EXIT_USAGE;
	options.memory_bytes = BYTES_BESIDE + codes_frame_len(&request) / 3 * BYTES_PER_PIXEL;
	map = os_map_sparse(CODES_FD_FRAME, codes_frame_len(&request));
	if (!map || os_sandbox_decoder(&options, NULL, NULL) < 0)
		return 1;
	for (unsigned turn = 0; look_once(look, map, &request, turn); turn++)
		;
	_exit(0);
}
