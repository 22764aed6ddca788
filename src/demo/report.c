/* SPDX-License-Identifier: Apache-2.0 */
/* The demo's report: one self-contained HTML file for the local eye, with the aligned faces inside.
 */
#include "demo/run.h"

#include <stdio.h>
#include <string.h>

#define PLOT_WIDTH	  720.0
#define PLOT_HEIGHT	  150.0
#define PLOT_MIN	  (-0.2)
#define PLOT_MAX	  1.0
#define FACE_JPEG_QUALITY 85

static const char head[] =
    "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
    "<title>Tanu demo</title><style>"
    ":root{--ink:#1c2430;--soft:#5a6675;--line:#d9dee5;--paper:#fbfaf7;--yes:#1d7a5f;--no:#a8442f}"
    "@media(prefers-color-scheme:dark){:root{--ink:#e8ebef;--soft:#a2adba;--line:#39424d;"
    "--paper:#14181d;--yes:#5cc2a0;--no:#e28a74}}"
    "body{font:17px/1.55 system-ui,sans-serif;color:var(--ink);background:var(--paper);"
    "max-width:60rem;margin:2rem auto;padding:0 1rem}h1{font-size:1.9rem;margin-bottom:.2rem}"
    "h2{margin-top:2.2rem;font-size:1.25rem}p.note{color:var(--soft);max-width:44rem}"
    ".faces{display:grid;grid-template-columns:repeat(auto-fill,minmax(104px,1fr));gap:.6rem}"
    "figure{margin:0;font-size:.8rem;text-align:center}img{width:100%;border-radius:6px;"
    "display:block}figcaption{padding:.2rem 0;font-variant-numeric:tabular-nums}"
    ".yes{color:var(--yes)}.no{color:var(--no)}.scroll{overflow-x:auto}"
    "table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.5rem .6rem;"
    "border-bottom:1px solid var(--line);vertical-align:top}svg{width:100%;height:auto}"
    "svg text{fill:var(--soft);font:12px system-ui}</style>";

static void put_escaped(struct buf *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '<')
			buf_str(out, "&lt;");
		else if (*text == '&')
			buf_str(out, "&amp;");
		else
			buf_u8(out, (uint8_t)*text);
	}
}

static double plot_x(double score)
{
	double clamped = score < PLOT_MIN ? PLOT_MIN : score > PLOT_MAX ? PLOT_MAX : score;

	return (clamped - PLOT_MIN) / (PLOT_MAX - PLOT_MIN) * PLOT_WIDTH;
}

static void put_dots(struct buf *out, const struct demo *d)
{
	for (size_t i = 1; i < d->scores_len; i++) {
		const struct demo_score *row = &d->scores[i];

		if (row->status < 0)
			continue;
		buf_printf(out,
			   "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"5\" fill=\"var(--%s)\" "
			   "fill-opacity=\".75\"/>",
			   plot_x((double)row->decision.score),
			   (row->same ? 35.0 : 85.0) + (double)(i % 5) * 5,
			   row->same ? "yes" : "no");
	}
}

static void put_plot(struct buf *out, const struct demo *d)
{
	double x = plot_x((double)d->scores[1].decision.threshold);

	buf_printf(out,
		   "<svg viewBox=\"-10 0 %.0f %.0f\" role=\"img\" aria-label=\"Scores against "
		   "the threshold\">",
		   PLOT_WIDTH + 20, PLOT_HEIGHT);
	buf_printf(out, "<line x1=\"0\" x2=\"%.0f\" y1=\"120\" y2=\"120\" stroke=\"var(--line)\"/>",
		   PLOT_WIDTH);
	for (int tenths = -2; tenths <= 10; tenths += 2)
		buf_printf(out, "<text x=\"%.1f\" y=\"138\" text-anchor=\"middle\">%.1f</text>",
			   plot_x(tenths / 10.0), tenths / 10.0);
	put_dots(out, d);
	buf_printf(
	    out,
	    "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"8\" y2=\"120\" stroke=\"var(--ink)\" "
	    "stroke-width=\"1.5\" stroke-dasharray=\"5 4\"/><text x=\"%.1f\" y=\"18\">threshold "
	    "%.3f: false match rate 1 in %.0f%s</text></svg>",
	    x, x, x + 6, (double)d->scores[1].decision.threshold, 1 / d->scores[1].decision.fmr,
	    demo_extrapolated(&d->scores[1].decision));
	buf_str(out, "<p class=\"note\">Upper row: the same man in other photographs. Lower row: "
		     "strangers. A score is a cosine from -1 to 1, not a percentage.</p>");
}

/* The face as the embedder sees it, as a JPEG inside the page; nothing if there is none. */
static tanu_status put_aligned(struct buf *out, tanu_session *session, const char *photo,
			       tanu_error *err)
{
	static uint8_t rgb[TANU_FACE_SIDE * TANU_FACE_SIDE * 3];
	static tanu_faces faces;
	tanu_pixels aligned = {rgb, TANU_FACE_SIDE, TANU_FACE_SIDE, TANU_FACE_SIDE * 3};
	tanu_image *image = NULL;
	struct buf jpeg = {0};
	tanu_pixels px;
	tanu_status st;

	if ((st = tanu_image_read(&image, photo, NULL, err)) < 0)
		goto out;
	px = tanu_image_pixels(image);
	if ((st = tanu_analyse(session, &faces, &px, err)) < 0 || faces.count == 0)
		goto out;
	if ((st = tanu_align(session, rgb, sizeof(rgb), &px, &faces.face[faces.chosen], err)) < 0 ||
	    (st = image_write_jpeg(&jpeg, &aligned, FACE_JPEG_QUALITY, err)) < 0)
		goto out;
	buf_str(out, "<img alt=\"\" src=\"data:image/jpeg;base64,");
	base64_put(out, jpeg.data, jpeg.len);
	buf_str(out, "\">");
out:
	buf_free(&jpeg);
	tanu_image_free(&image);
	return st;
}

static tanu_status put_faces(struct buf *out, const struct demo *d, tanu_session *session,
			     bool same, tanu_error *err)
{
	tanu_status st = TANU_OK;

	buf_str(out, "<div class=\"faces\">");
	for (size_t i = 0; st >= 0 && i < d->scores_len; i++) {
		const struct demo_score *row = &d->scores[i];
		bool yes = row->decision.result == TANU_MATCH;

		if (row->same != same)
			continue;
		buf_str(out, "<figure>");
		st = put_aligned(out, session, row->photo, err);
		if (i == 0)
			buf_str(out, "<figcaption>enrolled from this</figcaption></figure>");
		else if (row->status < 0)
			buf_str(out, "<figcaption>refused: quality</figcaption></figure>");
		else
			buf_printf(out, "<figcaption class=\"%s\">%.3f %s</figcaption></figure>",
				   yes == same ? "yes" : "no", (double)row->decision.score,
				   yes ? "match" : "no match");
	}
	buf_str(out, "</div>");
	return st;
}

static void put_thefts(struct buf *out, const struct demo *d)
{
	buf_str(out, "<div class=\"scroll\"><table><tr><th>The thief holds</th><th>Expected</th>"
		     "<th>Seen</th><th></th></tr>");
	for (size_t i = 0; i < d->thefts_len; i++) {
		const struct demo_theft *theft = &d->thefts[i];

		buf_printf(out, "<tr><td>%s</td><td>%s</td><td>", theft->what, theft->expected);
		put_escaped(out, theft->seen);
		buf_printf(out, "</td><td class=\"%s\">%s</td></tr>", theft->right ? "yes" : "no",
			   theft->right ? "as expected" : "WRONG");
	}
	buf_str(out, "</table></div>");
}

static tanu_status compose(struct buf *out, const struct demo *d, tanu_session *session,
			   tanu_error *err)
{
	tanu_status st;

	buf_str(out, head);
	buf_str(out,
		"<h1>Tanu demo</h1><p class=\"note\">These people were never asked: consent was "
		"simulated, the site is gone, and this page is for your eyes on this machine. "
		"Do not publish it.</p>");
	buf_printf(out,
		   "<p>Embeddings made: <b>%llu</b>. Permits opened: <b>%llu</b>. "
		   "They are equal, or something is wrong.</p><h2>Scores</h2>",
		   (unsigned long long)d->embeddings, (unsigned long long)d->permits);
	put_plot(out, d);
	buf_str(out, "<h2>The same man</h2>");
	if ((st = put_faces(out, d, session, true, err)) < 0)
		return st;
	buf_str(out, "<h2>Steal it</h2>");
	put_thefts(out, d);
	buf_str(out, "<h2>Strangers who claim to be him</h2>");
	if ((st = put_faces(out, d, session, false, err)) < 0)
		return st;
	buf_str(out, "</html>\n");
	return buf_check(out, err);
}

tanu_status demo_report(struct demo *d, tanu_error *err)
{
	tanu_engine *engine = NULL;
	tanu_session *session = NULL;
	struct buf html = {0};
	tanu_status st;

	if ((st = tanu_engine_open(&engine, NULL, err)) < 0 ||
	    (st = tanu_session_open(&session, engine, NULL, err)) < 0 ||
	    (st = compose(&html, d, session, err)) < 0)
		goto out;
	st = os_replace_file(d->options->report, html.data, html.len, 0600, err);
	if (st >= 0)
		tell(d, "Report with the aligned faces, for this machine only: %s",
		     d->options->report);
out:
	buf_free(&html);
	tanu_session_close(&session);
	tanu_engine_close(&engine);
	return st;
}
