/* SPDX-License-Identifier: Apache-2.0 */
/* One frame into numbers. */
#include <math.h>
#include <string.h>

#include "liveness/trace.h"

void look(struct observation *o, const struct liveness_view *view)
{
	const tanu_face *face = view->face;

	*o = (struct observation){
	    .at_ms = view->at_ms,
	    .width = view->image->width,
	    .height = view->image->height,
	    .eye_open = {face->eye_open[0], face->eye_open[1]},
	    .texture = face->liveness,
	    .eyes_px =
		hypotf(face->five[1][0] - face->five[0][0], face->five[1][1] - face->five[0][1]),
	    .depth_relief_mm = view->extra ? view->extra->depth_relief_mm : NAN,
	    .infrared_ratio = view->extra ? view->extra->infrared_ratio : NAN,
	};
	memcpy(o->box, face->box, sizeof(o->box));
	memcpy(o->landmarks, face->landmarks, sizeof(o->landmarks));
	memcpy(o->pose, face->pose, sizeof(o->pose));
	look_at_light(o, view->image);
	look_for_moire(o, view->image);
	look_for_edges(o, view->image);
	look_at_pupils(o, view->image);
}
