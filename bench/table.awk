# SPDX-License-Identifier: Apache-2.0
# The table of make bench, from the lines of flatten.awk. A figure that is absent has no row.

BEGIN { FS = "\t" }
{ v[$1] = $2 }

# printed before the first row that follows
function head(text, unit) { title = sprintf("%-46s %10s  %s", text, unit, "beside it") }

function row(label, key, format, note)
{
	if (!(key in v))
		return
	if (title != "")
		print "\n" title
	title = ""
	printf "  %-44s %10s  %s\n", label, sprintf(format, v[key]), note
}

# format of "a / b" where both are there
function ratio(a, b, format) { return (a in v) && v[b] > 0 ? sprintf(format, v[a] / v[b]) : "" }

function percent(a, b) { return (a in v) && v[b] > 0 ? sprintf("%.0f%% of all", 100 * v[a] / v[b]) : "" }

function stage(name) { row(name, "face_stages." name, "%.2f", percent("face_stages." name, "face_stages.whole")) }

function search(size, label,    k)
{
	k = "match_search." size "."
	row(label ", one probe on one core", k "stranger_us", "%.1f",
	    sprintf("%.0f%% of the %.0f GB/s that the core reads; dot products alone %.0f%%",
		    100 * v[k "ratio"], v[k "read_gb_per_s"], 100 * v[k "dots_ratio"]))
	row("  like nobody, like several", k "random_us", "%.1f", sprintf("%.1f", v[k "clustered_us"]))
	row("  32 probes in a call", k "many_alone_us", "%.2f", ratio(k "stranger_us", k "many_alone_us", "%.1f times faster"))
	row("  one probe, all cores", k "threads_us", "%.1f", ratio(k "stranger_us", k "threads_us", "%.1f times faster"))
	row("  32 probes, all cores", k "many_threads_us", "%.2f", ratio(k "stranger_us", k "many_threads_us", "%.1f times faster"))
}

function faiss(size, probes, label,    k)
{
	k = "compare_faiss." size "_" probes "."
	row(label, k "tanu_us", "%.1f", sprintf("FAISS float %.0f us (%.1f times), 8-bit %.0f us (%.1f times)",
	    v[k "faiss_flat_us"], v[k "float_ratio"], v[k "faiss_8bit_us"], v[k "8bit_ratio"]))
}

END {
	printf "%s, %s cores, %s\n", v["machine.processor"], v["machine.cores"], v["machine.kernel"]
	printf "commit %s, %s, ONNX Runtime %s, comparison code %s\n", v["machine.commit"],
	    v["machine.compiler"], v["machine.onnxruntime"], v["match_search.kernel"]

	head("one face at 640x480, one thread", "ms")
	split("detect landmarks eyes liveness pose quality embed", names, " ")
	for (i = 1; i <= 7; i++)
		stage(names[i])
	row("all, from pixels to features", "face_stages.whole", "%.2f",
	    sprintf("%.3f times its inference; %.0f frames a second on a core", v["face_stages.ratio"],
		    1000 / (v["face_stages.whole"] + 1e-9)))
	row("features: inference, model reworked", "tensor_rework.fr-feature.ms", "%.2f",
	    ratio("tensor_rework.fr-feature.ms", "tensor_rework.fr-feature.as_is_ms", "%.2f of the model as it is"))
	row("liveness: inference, model reworked", "tensor_rework.fr-liveness.ms", "%.2f",
	    ratio("tensor_rework.fr-liveness.ms", "tensor_rework.fr-liveness.as_is_ms", "%.2f of the model as it is"))
	row("decoding, here", "worker_decode.here_ms", "%.2f", "")
	row("decoding, in a process of its own", "worker_decode.apart_ms", "%.2f",
	    ratio("worker_decode.apart_ms", "worker_decode.here_ms", "%.1f times"))

	head("1:N search, 512 x int8", "us a probe")
	search(500, "500 people")
	search(10000, "10,000 people")
	search(100000, "100,000 people")
	search(1000000, "1,000,000 people")

	head("FAISS: " v["compare_faiss.build"], "us a probe")
	faiss(500, 1, "500 people, one probe")
	faiss(500, 32, "500 people, 32 probes")
	faiss(10000, 1, "10,000 people, one probe")
	faiss(10000, 32, "10,000 people, 32 probes")
	faiss(100000, 1, "100,000 people, one probe")
	faiss(100000, 32, "100,000 people, 32 probes")

	head("tanu eval pairs, all cores", "")
	row("photographs a second", "cli_eval.photos_a_second", "%.1f",
	    sprintf("%.1f a second of a core", v["cli_eval.photos_a_cpu_second"]))
	row("seconds, a second time", "cli_eval.again_s", "%.2f", sprintf("%d photographs", v["cli_eval.photos"]))

	head("public log", "")
	row("leaves a second, durable, batches of 4096", "log.leaves_4096_per_s", "%.0f",
	    sprintf("of 256 %.0f, of 16 %.0f", v["log.leaves_256_per_s"], v["log.leaves_16_per_s"]))
	row("ms a proof, of a million leaves", "log.proof_ms", "%.3f",
	    sprintf("99th of 100 %.3f; by a reader just opened %.3f; bound 1", v["log.proof_p99_ms"], v["log.cold_ms"]))
	row("entries a second, audited", "log.audit_entries_per_s", "%.0f", sprintf("a million in %.1f s", v["log.audit_s"]))

	head("memory", "MB")
	row("tanu compare, most", "cli_compare.mb", "%.0f", "bound 120")
	row("tanu eval pairs, most", "cli_eval.mb", "%.0f", "bound 600")
	row("engine and session, after many frames", "face_soak.resident_mb", "%.0f",
	    sprintf("%+d kB over %d frames", v["face_soak.grown_kb"], v["face_soak.frames"]))

	head("tanu compare, a new process each", "ms")
	row("until it has answered, median", "cli_compare.ms", "%.0f",
	    sprintf("slowest of %d %.0f, bound 250", v["cli_compare.runs"], v["cli_compare.slowest_ms"]))
	row("CPU, with its decoders", "cli_compare.cpu_ms", "%.0f", "")
}
