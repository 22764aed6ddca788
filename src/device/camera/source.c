/* SPDX-License-Identifier: Apache-2.0 */
#include "device/camera/source.h"

#include <stdio.h>
#include <string.h>

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

static tanu_status check_address(const char *source, tanu_error *err)
{
	const char *rest = strstr(source, "://") + 3;

	if (strlen(source) > STREAM_URL_MAX || *rest == '\0' || *rest == '/')
		return tanu_fail(err, TANU_ERR_SETTING, "camera",
				 "write the address as rtsp://name:password@192.0.2.10/path, at "
				 "most %d characters",
				 STREAM_URL_MAX);
	for (const char *c = source; *c; c++)
		if (*c <= ' ' || *c == 0x7F)
			return tanu_fail(err, TANU_ERR_SETTING, "camera",
					 "the address has a blank or control character in it");
	return TANU_OK;
}

/* What stands in /dev/shm is a film or folder like any other; what is not there yet may be plugged
 * in. */
bool camera_is_device(const char *source)
{
	return begins(source, "/dev/") && !os_is_dir(source) && !os_is_file(source);
}

tanu_status source_kind(enum stream_kind *kind, const char *source, tanu_error *err)
{
	if (begins(source, "rtsp://") || begins(source, "http://")) {
		*kind = STREAM_NETWORK;
		return check_address(source, err);
	}
	if (strstr(source, "://"))
		return tanu_fail(err, TANU_ERR_SETTING, "camera",
				 "of addresses rtsp:// and http:// are understood; others are a "
				 "file, a folder or a device such as /dev/video0");
	if (camera_is_device(source)) {
		*kind = STREAM_DEVICE;
		return strlen(source) <= STREAM_URL_MAX
			   ? TANU_OK
			   : tanu_fail(err, TANU_ERR_SETTING, "camera", "the path is too long");
	}
	if (!os_exists(source))
		return tanu_fail(err, TANU_ERR_FILE_MISSING, source,
				 "there is no such file or folder");
	*kind = os_is_dir(source) ? STREAM_FOLDER : STREAM_FILE;
	return TANU_OK;
}

tanu_status source_fd(int *fd, enum stream_kind kind, const char *source, tanu_error *err)
{
	struct os_file file = {.fd = -1};
	uint64_t size;
	tanu_status st;

	*fd = -1;
	if (kind == STREAM_FOLDER)
		return os_open_dir(fd, source, err);
	if (kind != STREAM_FILE)
		return TANU_OK;
	if ((st = os_file_open(&file, source, &size, err)) >= 0)
		*fd = file.fd;
	return st;
}

void camera_name(char out[CAMERA_NAME_LEN], const char *source)
{
	const char *authority = strstr(source, "://"), *host, *end;

	if (!authority) {
		snprintf(out, CAMERA_NAME_LEN, "%s", source);
		return;
	}
	authority += 3;
	end = authority + strcspn(authority, "/?#");
	host = authority;
	for (const char *c = authority; c < end; c++)
		if (*c == '@')
			host = c + 1;
	/* What follows a question mark may be a password as well. */
	snprintf(out, CAMERA_NAME_LEN, "%.*s%.*s", (int)(authority - source), source,
		 (int)strcspn(host, "?#"), host);
}
