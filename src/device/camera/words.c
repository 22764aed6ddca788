/* SPDX-License-Identifier: Apache-2.0 */
#include "device/camera.h"

const char *camera_trouble_word(enum camera_trouble trouble)
{
	static const char *const words[] = {
#define X(name, word) [CAMERA_TROUBLE_##name] = (word),
	    CAMERA_TROUBLE_LIST(X)
#undef X
	};

	return (size_t)trouble < ARRAY_LEN(words) ? words[trouble] : "unknown";
}
