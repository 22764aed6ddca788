/* SPDX-License-Identifier: Apache-2.0 */
#include "receipt/receipt.h"

const char *tanu_receipt_kind_name(tanu_receipt_kind kind)
{
	static const char *const names[] = {[TANU_RECEIPT_NONE] = "unknown",
#define X(name, word) [TANU_RECEIPT_##name] = (word),
					    TANU_RECEIPT_KIND_LIST(X)
#undef X
	};

	return (size_t)kind < ARRAY_LEN(names) ? names[kind] : "unknown";
}

const char *tanu_finding_name(tanu_finding_code code)
{
	static const char *const names[] = {[TANU_FINDING_NONE] = "unknown",
#define X(name, word, weight) [TANU_FINDING_##name] = (word),
					    TANU_FINDING_LIST(X)
#undef X
	};

	return (size_t)code < ARRAY_LEN(names) ? names[code] : "unknown";
}

tanu_finding_weight tanu_finding_weight_of(tanu_finding_code code)
{
	static const tanu_finding_weight weights[TANU_FINDING_COUNT] = {
#define X(name, word, weight) [TANU_FINDING_##name] = TANU_WEIGHT_##weight,
	    TANU_FINDING_LIST(X)
#undef X
	};

	return (size_t)code < ARRAY_LEN(weights) ? weights[code] : TANU_WEIGHT_SUSPICIOUS;
}

const char *tanu_verdict_name(tanu_verdict verdict)
{
	switch (verdict) {
	case TANU_VERDICT_CLEAN:
		return "clean";
	case TANU_VERDICT_UNREACHABLE:
		return "unreachable";
	default:
		return "suspicious";
	}
}

const char *tanu_leaf_state_name(tanu_leaf_state state)
{
	static const char *const names[] = {
	    [TANU_LEAF_WITHHELD] = "withheld", [TANU_LEAF_ERASED] = "erased",
	    [TANU_LEAF_EDITED] = "edited",     [TANU_LEAF_UNPROVEN] = "unproven",
	    [TANU_LEAF_PENDING] = "pending",   [TANU_LEAF_OPENED] = "opened",
	};

	return (size_t)state < ARRAY_LEN(names) ? names[state] : "withheld";
}

const char *tanu_gate_word_name(tanu_gate_word word)
{
	static const char *const names[] = {[TANU_GATE_SILENT] = "silent",
					    [TANU_GATE_FALSE] = "false",
					    [TANU_GATE_ERASED] = "erased"};

	return (size_t)word < ARRAY_LEN(names) ? names[word] : "silent";
}
