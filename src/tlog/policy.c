/* SPDX-License-Identifier: Apache-2.0 */
/*
 * c2sp.org/tlog-policy: whom a verifier trusts. Members of a group must be named before it, so that
 * no group can contain itself and one pass in file order settles all of them.
 */
#include "tlog/tlog.h"

#include <stdlib.h>
#include <string.h>

#define POLICY_LOGS    64
#define POLICY_NODES   128 /* witnesses and groups */
#define POLICY_MEMBERS 64
#define POLICY_WORDS   (3 + POLICY_MEMBERS)
#define POLICY_BYTES   (64 * 1024)
#define POLICY_LINE    4096
#define POLICY_NAME    64

/* A witness, or a group of which `need` members must agree. */
struct node {
	char name[POLICY_NAME];
	bool is_group;
	tanu_verifier witness;
	size_t need;
	size_t members_len;
	size_t members[POLICY_MEMBERS];
};

struct tanu_policy {
	tanu_verifier logs[POLICY_LOGS];
	size_t logs_len;
	struct node nodes[POLICY_NODES];
	size_t nodes_len;
	bool has_quorum;
	bool quorum_none;
	size_t quorum;
};

struct words {
	char line[POLICY_LINE];
	char *word[POLICY_WORDS];
	size_t count;
};

static tanu_status bad_policy(tanu_error *err, const char *place, const char *why)
{
	return tanu_fail(err, TANU_ERR_FORMAT, place, "%s", why);
}

static bool find_node(const tanu_policy *p, const char *name, size_t *index)
{
	for (size_t i = 0; i < p->nodes_len; i++) {
		if (strcmp(p->nodes[i].name, name) == 0) {
			*index = i;
			return true;
		}
	}
	return false;
}

static tanu_status add_log(tanu_policy *p, const struct words *w, tanu_error *err)
{
	tanu_status st;

	if (w->count < 2 || w->count > 3 || p->logs_len == POLICY_LOGS)
		return bad_policy(err, "log", "a line is: log VKEY [URL]");
	if ((st = tanu_verifier_parse(&p->logs[p->logs_len], w->word[1], err)) < 0)
		return st;
	if (p->logs[p->logs_len].kind != TANU_KEY_ED25519)
		return bad_policy(err, "log", "the key is that of a witness, not of a log");
	p->logs_len++;
	return TANU_OK;
}

/* A new node under a name that is not taken; NULL with the error set. */
static struct node *new_node(tanu_policy *p, const char *name, tanu_error *err)
{
	struct node *n = &p->nodes[p->nodes_len];
	size_t taken;

	if (p->nodes_len == POLICY_NODES || strlen(name) >= sizeof(n->name) ||
	    strcmp(name, "none") == 0 || find_node(p, name, &taken)) {
		bad_policy(err, name, "too many names, too long a name, or a name that is taken");
		return NULL;
	}
	*n = (struct node){0};
	memcpy(n->name, name, strlen(name) + 1);
	return n;
}

static tanu_status add_witness(tanu_policy *p, const struct words *w, tanu_error *err)
{
	struct node *n;
	tanu_status st;

	if (w->count < 3 || w->count > 4)
		return bad_policy(err, "witness", "a line is: witness NAME VKEY [URL]");
	if (!(n = new_node(p, w->word[1], err)))
		return TANU_INPUT;
	if ((st = tanu_verifier_parse(&n->witness, w->word[2], err)) < 0)
		return st;
	if (n->witness.kind != TANU_KEY_COSIGNATURE)
		return bad_policy(err, "witness", "the key is that of a log, not of a witness");
	p->nodes_len++;
	return TANU_OK;
}

static bool parse_need(size_t *need, const char *word, size_t members)
{
	uint64_t k = 0;

	if (strcmp(word, "all") == 0)
		k = members;
	else if (strcmp(word, "any") == 0)
		k = 1;
	else if (!decimal_u64(&k, word, strlen(word)))
		return false;
	*need = (size_t)k;
	return k >= 1 && k <= members;
}

static tanu_status add_group(tanu_policy *p, const struct words *w, tanu_error *err)
{
	struct node *n;

	if (w->count < 4)
		return bad_policy(err, "group", "a line is: group NAME all|any|K NAME...");
	if (!(n = new_node(p, w->word[1], err)))
		return TANU_INPUT;
	n->is_group = true;
	n->members_len = w->count - 3;
	if (!parse_need(&n->need, w->word[2], n->members_len))
		return bad_policy(err, n->name, "the number of members asked for is not possible");
	for (size_t i = 0; i < n->members_len; i++)
		if (!find_node(p, w->word[3 + i], &n->members[i]))
			return bad_policy(err, n->name, "a member must be named before its group");
	p->nodes_len++;
	return TANU_OK;
}

static tanu_status set_quorum(tanu_policy *p, const struct words *w, tanu_error *err)
{
	if (w->count != 2 || p->has_quorum)
		return bad_policy(err, "quorum", "there is exactly one line: quorum NAME|none");
	p->has_quorum = true;
	p->quorum_none = strcmp(w->word[1], "none") == 0;
	if (!p->quorum_none && !find_node(p, w->word[1], &p->quorum))
		return bad_policy(err, "quorum", "the quorum names nobody of this policy");
	return TANU_OK;
}

static tanu_status split_words(struct words *w, const char *line, size_t len, tanu_error *err)
{
	char *save = NULL;

	if (len >= sizeof(w->line) || memchr(line, '\0', len))
		return bad_policy(err, "policy", "a line is too long or holds a zero byte");
	memcpy(w->line, line, len);
	w->line[len] = '\0';
	w->count = 0;
	for (char *word = strtok_r(w->line, " \t\r", &save); word && *word != '#';
	     word = strtok_r(NULL, " \t\r", &save)) {
		if (w->count == POLICY_WORDS)
			return bad_policy(err, "policy", "a line has too many words");
		w->word[w->count++] = word;
	}
	return TANU_OK;
}

static tanu_status take_line(tanu_policy *p, const char *line, size_t len, tanu_error *err)
{
	static const struct {
		const char *word;
		tanu_status (*take)(tanu_policy *p, const struct words *w, tanu_error *err);
	} kinds[] = {{"log", add_log},
		     {"witness", add_witness},
		     {"group", add_group},
		     {"quorum", set_quorum}};
	struct words w;
	tanu_status st = split_words(&w, line, len, err);

	if (st < 0 || w.count == 0)
		return st;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (strcmp(w.word[0], kinds[i].word) == 0)
			return kinds[i].take(p, &w, err);
	return bad_policy(err, "policy", "a line begins with log, witness, group or quorum");
}

static tanu_status take_text(tanu_policy *p, const char *text, size_t text_len, tanu_error *err)
{
	const char *end = text + text_len;

	while (text < end) {
		const char *feed = memchr(text, '\n', (size_t)(end - text));
		const char *stop = feed ? feed : end;
		tanu_status st = take_line(p, text, (size_t)(stop - text), err);

		if (st < 0)
			return st;
		text = feed ? feed + 1 : end;
	}
	if (!p->has_quorum || p->logs_len == 0)
		return bad_policy(err, "policy", "a policy needs a log and a quorum");
	return TANU_OK;
}

tanu_status tanu_policy_parse(tanu_policy **out, const char *text, size_t text_len, tanu_error *err)
{
	tanu_policy *p;
	tanu_status st;

	if (text_len > POLICY_BYTES)
		return tanu_fail(err, TANU_ERR_FILE_TOO_LARGE, "policy", "longer than %d bytes",
				 POLICY_BYTES);
	p = calloc(1, sizeof(*p));
	if (!p)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, "policy", "not enough memory");
	if ((st = take_text(p, text, text_len, err)) < 0) {
		free(p);
		return st;
	}
	*out = p;
	return TANU_OK;
}

void tanu_policy_free(tanu_policy **policy)
{
	if (policy) {
		free(*policy);
		*policy = NULL;
	}
}

const tanu_verifier *policy_log(const tanu_policy *policy, const char *origin, size_t *at)
{
	while (*at < policy->logs_len) {
		const tanu_verifier *log = &policy->logs[(*at)++];

		if (strcmp(log->name, origin) == 0)
			return log;
	}
	return NULL;
}

/* Which witnesses cosigned, and which groups have enough members that did. */
static tanu_status settle(const tanu_policy *p, const tanu_note *note, bool agreed[POLICY_NODES],
			  tanu_checkpoint_trust *trust, tanu_error *err)
{
	for (size_t i = 0; i < p->nodes_len; i++) {
		const struct node *n = &p->nodes[i];
		uint64_t time_s = 0;
		size_t have = 0;
		tanu_status st;

		for (size_t m = 0; n->is_group && m < n->members_len; m++)
			have += agreed[n->members[m]];
		if (n->is_group) {
			agreed[i] = have >= n->need;
			continue;
		}
		st = tanu_note_verify(note, &n->witness, &time_s, err);
		if (st < 0 && st != TANU_NOT_FOUND)
			return st;
		agreed[i] = st >= 0;
		trust->witnesses += agreed[i];
		if (agreed[i] && (trust->earliest_s == 0 || time_s < trust->earliest_s))
			trust->earliest_s = time_s;
	}
	return TANU_OK;
}

/* A log of the policy whose name is the origin signed it. */
tanu_status policy_log_signed(const tanu_policy *p, const tanu_note *note, const char *origin,
			      tanu_error *err)
{
	const tanu_verifier *log;
	size_t at = 0;

	while ((log = policy_log(p, origin, &at))) {
		tanu_status st = tanu_note_verify(note, log, NULL, err);

		if (st != TANU_NOT_FOUND)
			return st;
	}
	return tanu_fail(err, TANU_ERR_UNTRUSTED, origin,
			 "the checkpoint is not signed by a log that the policy trusts");
}

tanu_status tanu_policy_check(const tanu_policy *policy, tanu_checkpoint *out,
			      tanu_checkpoint_trust *trust, const char *note, size_t note_len,
			      tanu_error *err)
{
	bool agreed[POLICY_NODES] = {false};
	tanu_checkpoint_trust t = {.quorum_none = policy->quorum_none};
	tanu_checkpoint checkpoint;
	tanu_note split;
	tanu_status st;

	if ((st = tanu_note_split(&split, note, note_len, err)) < 0 ||
	    (st = tanu_checkpoint_parse(&checkpoint, split.text, split.text_len, err)) < 0 ||
	    (st = policy_log_signed(policy, &split, checkpoint.origin, err)) < 0 ||
	    (st = settle(policy, &split, agreed, &t, err)) < 0)
		return st;
	if (!policy->quorum_none && !agreed[policy->quorum])
		return tanu_fail(err, TANU_ERR_UNTRUSTED, checkpoint.origin,
				 "too few witnesses of the policy have cosigned the checkpoint");
	*out = checkpoint;
	*trust = t;
	return TANU_OK;
}
