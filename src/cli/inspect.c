/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"
#include "cli/verbs.h"

/* The first reason to refuse this face under each set of bounds; "" when there is none. */
struct advice {
	char door[256];
	char enrol[256];
};

struct bounds {
	tanu_quality_bounds door, enrol;
};

/* The session measured with the bounds of a door; those of enrolment are applied to its values. */
static void advise(struct advice *out, const tanu_face *face, const struct bounds *bounds)
{
	tanu_quality strict = face->quality;

	tanu_quality_advice(out->door, sizeof(out->door), &face->quality, &bounds->door);
	strict.refused = 0;
	for (int i = 0; i < TANU_QUALITY_COUNT; i++)
		if (strict.value[i] < bounds->enrol.min[i] ||
		    strict.value[i] > bounds->enrol.max[i])
			strict.refused |= 1u << i;
	tanu_quality_advice(out->enrol, sizeof(out->enrol), &strict, &bounds->enrol);
}

static void say_face(struct run *run, const tanu_face *f, const struct advice *advice)
{
	say(run, "  box         %.0f %.0f to %.0f %.0f px, detection %.2f\n", (double)f->box[0],
	    (double)f->box[1], (double)f->box[2], (double)f->box[3], (double)f->detection);
	if (!f->measured)
		return;
	say(run, "  liveness    %.2f (pad: frame)\n  quality     %.2f\n", (double)f->liveness,
	    (double)f->quality.unified);
	for (int i = 0; i < TANU_QUALITY_COUNT; i++)
		say(run, "    %-10s %8.2f  %s%s\n", tanu_quality_name((tanu_quality_measure)i),
		    (double)f->quality.value[i], tanu_quality_unit((tanu_quality_measure)i),
		    f->quality.refused & 1u << i ? "  <- out of bounds" : "");
	say(run, "  at a door   %s\n", *advice->door ? advice->door : "good enough");
	say(run, "  to enrol    %s\n", *advice->enrol ? advice->enrol : "good enough");
}

static void answer_point(struct json_w *w, const float point[2])
{
	jw_array(w, NULL);
	jw_float(w, NULL, point[0]);
	jw_float(w, NULL, point[1]);
	jw_end_array(w);
}

static void answer_quality(struct json_w *w, const tanu_face *f, const struct advice *advice)
{
	jw_object(w, "quality");
	jw_float(w, "unified", f->quality.unified);
	for (int i = 0; i < TANU_QUALITY_COUNT; i++)
		jw_float(w, tanu_quality_name((tanu_quality_measure)i), f->quality.value[i]);
	jw_end_object(w);
	jw_array(w, "refused");
	for (int i = 0; i < TANU_QUALITY_COUNT; i++)
		if (f->quality.refused & 1u << i)
			jw_text(w, NULL, tanu_quality_name((tanu_quality_measure)i));
	jw_end_array(w);
	jw_text(w, "advice_door", *advice->door ? advice->door : NULL);
	jw_text(w, "advice_enrol", *advice->enrol ? advice->enrol : NULL);
}

static void answer_face(struct run *run, const tanu_face *f, const struct advice *advice)
{
	struct json_w *w = &run->jw;

	jw_object(w, NULL);
	jw_array(w, "box");
	for (int i = 0; i < 4; i++)
		jw_float(w, NULL, f->box[i]);
	jw_end_array(w);
	jw_float(w, "detection", f->detection);
	jw_array(w, "landmarks");
	for (int i = 0; i < TANU_LANDMARKS && f->measured; i++)
		answer_point(w, f->landmarks[i]);
	jw_end_array(w);
	jw_array(w, "pose");
	for (int i = 0; i < 3 && f->measured; i++)
		jw_float(w, NULL, f->pose[i]);
	jw_end_array(w);
	jw_array(w, "eyes_open");
	for (int i = 0; i < 2 && f->measured; i++)
		jw_float(w, NULL, f->eye_open[i]);
	jw_end_array(w);
	if (f->measured) {
		jw_float(w, "liveness", f->liveness);
		answer_quality(w, f, advice);
	} else {
		jw_null(w, "liveness");
		jw_null(w, "quality");
	}
	jw_end_object(w);
}

static void answer(struct run *run, const struct photo *photo, const struct bounds *bounds)
{
	const tanu_faces *faces = &photo->faces;
	tanu_pixels pixels = tanu_image_pixels(photo->image);
	struct json_w *w = &run->jw;

	say_clean(run, photo->path);
	say(run, ": %d x %d px, %zu face%s\n", (int)pixels.width, (int)pixels.height, faces->count,
	    faces->count == 1 ? "" : "s");
	jw_int(w, "width", pixels.width);
	jw_int(w, "height", pixels.height);
	jw_int(w, "chosen", (int64_t)faces->chosen);
	jw_text(w, "choice", tanu_choice_name(faces->choice));
	jw_text(w, "pad", "frame");
	jw_array(w, "faces");
	for (size_t i = 0; i < faces->count; i++) {
		struct advice advice = {0};

		if (faces->face[i].measured)
			advise(&advice, &faces->face[i], bounds);
		say(run, "face %zu", i + 1);
		if (i == faces->chosen)
			say(run, " (chosen: %s)", tanu_choice_name(faces->choice));
		say(run, "\n");
		say_face(run, &faces->face[i], &advice);
		answer_face(run, &faces->face[i], &advice);
	}
	jw_end_array(w);
}

static tanu_status annotate(struct run *run, const struct photo *photo, const char *path,
			    tanu_error *err)
{
	struct buf jpeg = {0};
	tanu_status st = service_annotate(&jpeg, photo->image, &photo->faces, err);

	if (st == TANU_OK)
		st = os_replace_file(path, jpeg.data, jpeg.len, 0600, err);
	if (st == TANU_OK) {
		say(run, "Drawn into ");
		say_clean(run, path);
		say(run, ".\n");
		jw_clean(&run->jw, "annotated", path);
	}
	buf_wipe(&jpeg);
	return st;
}

static tanu_status inspect(struct run *run, tanu_error *err)
{
	const char *drawn = args_get(&run->args, "annotate");
	tanu_session_options options = {.measure_max = TANU_FACES_MAX};
	struct photo photo = {0};
	struct lab lab = {0};
	struct bounds bounds;
	tanu_status st;

	if (drawn && os_exists(drawn))
		return tanu_fail(err, TANU_ERR_CONFLICT, drawn,
				 "there is a file of this name already; choose another");
	if ((st = run_site_if_any(run, err)) < 0 ||
	    (st = service_bounds(run->service, &bounds.door, &bounds.enrol, err)) < 0)
		return st;
	options.bounds = bounds.door;
	if ((st = photo_read(&photo, run->args.operands[0], err)) < 0 ||
	    (st = lab_open(&lab, &options, err)) < 0)
		goto out;
	st = photo_analyse(&lab, &photo, err);
	if (st < 0 && err->code != TANU_ERR_NO_FACE)
		goto out;
	answer(run, &photo, &bounds);
	run->keep_answer = true;
	if (st == TANU_OK && drawn)
		st = annotate(run, &photo, drawn, err);
out:
	photo_free(&photo);
	lab_close(&lab);
	return st;
}

const struct verb verb_inspect = {
    .group = "inspect",
    .flags = VERB_SITE,
    .brief = "What is seen in a photograph: faces, quality, liveness",
    .about = "Finds all faces of a photograph and measures them: box, landmarks, quality by "
	     "separate measures "
	     "after ISO/IEC 29794-5, liveness. It says whether the face is good enough for a door "
	     "and for "
	     "enrolment, and what to do better: by the bounds of the site in the working directory "
	     "or of --data, or else by those of a site that sets none. No features are computed, "
	     "so nobody can be recognised by it.",
    .example = "tanu inspect photo.jpg --annotate seen.jpg",
    .operands = {{"PHOTO", VALUE_FILE, 1, 1, "A photograph; \"-\" is standard input"}},
    .options = {{"annotate", VALUE_FILE, "FILE", NULL, false,
		 "Draw boxes and landmarks into a new JPEG file"}},
    .fields = {{"width", "width of the upright photograph, px"},
	       {"height", "height, px"},
	       {"chosen", "index in `faces` of the face that other commands would take"},
	       {"choice", "why it was chosen"},
	       {"pad", "attack detection behind `liveness`: frame"},
	       {"faces[].box", "x1, y1, x2, y2 in px from the top left corner"},
	       {"faces[].detection", "detector's probability, 0 to 1"},
	       {"faces[].landmarks", "68 points [x, y] in the order of iBUG 300-W, px"},
	       {"faces[].pose", "yaw, pitch, roll in degrees; 0 is frontal"},
	       {"faces[].eyes_open", "probability that the left, right eye (the viewer's) is open"},
	       {"faces[].liveness", "probability that this one photograph shows a live face"},
	       {"faces[].quality", "object: `unified` from 0 to 1, and each measure by name"},
	       {"faces[].refused", "measures outside the bounds of a door, array of names"},
	       {"faces[].advice_door", "what to do better at a door, or null"},
	       {"faces[].advice_enrol", "what to do better to enrol, or null"},
	       {"annotated", "with --annotate: the file written"}},
    .run = inspect,
};
