/* SPDX-License-Identifier: Apache-2.0 */
/* calibrate.h - (inside cli/) how a measured curve is told. */
#ifndef CLI_CALIBRATE_H
#define CLI_CALIBRATE_H

#include "cli/run.h"
#include "eval/eval.h"

/* Points, tail and check of a curve, in words and as members. */
void answer_curve(struct run *run, const struct curve *curve);

#define CURVE_FIELDS                                                                            \
	{"people", "people compared with each other"}, {"genuine", "pairs of one person"},      \
	    {"impostor", "pairs of different people"},                                          \
	    {"points[].fmr", "target false match rate"},                                        \
	    {"points[].score", "lowest score that keeps it"},                                   \
	    {"points[].score_interval", "its 95% interval, [low, high], resampling people"},    \
	    {"points[].extrapolated",                                                           \
	     "true: not counted but taken from the tail; other people would move it too far"},  \
	    {"points[].false_matches", "impostor pairs at or above that score"},                \
	    {"points[].measured", "their share of all"},                                        \
	    {"points[].measured_interval",                                                      \
	     "its 95% interval, resampling people, or null where extrapolated"},                \
	    {"points[].fnmr", "share of genuine pairs below it, or null without any"},          \
	    {"points[].fnmr_interval", "its 95% interval, resampling people, or null"},         \
	    {"tail.over", "score above which the tail is fitted; null: too few pairs for one"}, \
	    {"tail.share", "share of all impostor pairs above it"},                             \
	    {"tail.pairs", "how many that are"}, {"tail.shape", "of the generalised Pareto"},   \
	    {"tail.shape_interval", "its 95% interval, resampling people"},                     \
	    {"tail.scale", "likewise, in scores"},                                              \
	    {"check.pairs", "impostor pairs of the half of the people that was left out"},      \
	    {"check.points[].fmr", "target false match rate"},                                  \
	    {"check.points[].score", "where the tail of the other half puts it"},               \
	    {"check.points[].predicted", "false matches that it predicts"},                     \
	    {"check.points[].observed", "those that were counted"},                             \
	{                                                                                       \
		"check.points[].observed_interval",                                             \
		    "95% interval of that count, pairs taken as independent"                    \
	}

#endif
