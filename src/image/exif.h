/* SPDX-License-Identifier: Apache-2.0 */
/* exif.h - the one thing we want of EXIF: which way is up. */
#ifndef IMAGE_EXIF_H
#define IMAGE_EXIF_H

#include "base/base.h"

/*
 * Orientation 1..8 from the body of an APP1 segment ("Exif\0\0" and a TIFF block). 1 for anything
 * that is damaged, absent or not EXIF: a wrong turn is the picture's fault, not a reason to refuse.
 */
int exif_orientation(const uint8_t *app1, size_t len);

#endif
