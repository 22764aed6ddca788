/* SPDX-License-Identifier: Apache-2.0 */
#include "os/os.h"

#include <errno.h>
#include <string.h>

/* What a person can do about it; NULL where the system's own words must do. */
static const char *advice(int errnum)
{
	switch (errnum) {
	case ENOSPC:
	case EDQUOT:
		return "the disk is full: free some space and try again";
	case EACCES:
	case EPERM:
		return "permission denied: check the owner and the mode";
	case EROFS:
		return "the file system is read-only";
	case ENOTDIR:
		return "a part of the path is not a folder";
	case ENAMETOOLONG:
		return "the name is too long";
	case EMFILE:
	case ENFILE:
		return "too many files are open";
	case EIO:
		return "the device failed: check the disk";
	case ELOOP:
		return "it is a symbolic link that leads in a circle, or that is not followed here";
	default:
		return NULL;
	}
}

tanu_status os_fail(tanu_error *err, const char *path, const char *doing, int errnum)
{
	const char *words = advice(errnum);

	if (errnum == ENOENT)
		return tanu_fail(err, TANU_ERR_FILE_MISSING, path,
				 "cannot %s: there is no such file or folder", doing);
	if (errnum == EISDIR)
		return tanu_fail(err, TANU_ERR_FILE_MISSING, path,
				 "cannot %s: it is a folder, not a file", doing);
	if (errnum == ENOMEM)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, path, "cannot %s: not enough memory",
				 doing);
	return tanu_fail(err, TANU_ERR_IO, path, "cannot %s: %s", doing,
			 words ? words : strerror(errnum));
}
