/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is this entry in a log that I trust? verify_proof POLICY PROOF ENTRY, three files: a tlog-policy,
 * a tlog-proof and the bytes of the entry. Exit code 0: yes, else no or trouble.
 *     cc verify_proof.c $(pkg-config --cflags --libs tanu) -o verify_proof
 */
#include <stdio.h>
#include <tanu/log.h>

#define FILE_MAX 70000

struct file {
	char bytes[FILE_MAX];
	size_t len;
};

static tanu_status read_file(struct file *out, const char *path, tanu_error *err)
{
	FILE *f = fopen(path, "rb");

	if (!f)
		return tanu_fail(err, TANU_ERR_FILE_MISSING, path, "cannot be opened");
	out->len = fread(out->bytes, 1, sizeof(out->bytes), f);
	fclose(f);
	if (out->len == sizeof(out->bytes))
		return tanu_fail(err, TANU_ERR_FILE_TOO_LARGE, path, "longer than it may be");
	return TANU_OK;
}

int main(int argc, char **argv)
{
	static struct file policy_text, proof_text, entry;
	static tanu_log_proof proof;
	tanu_policy *policy = NULL;
	tanu_checkpoint checkpoint;
	tanu_checkpoint_trust trust;
	tanu_error err = {TANU_OK, TANU_ERR_NONE, "", ""};

	if (argc != 4) {
		fprintf(stderr, "usage: verify_proof POLICY PROOF ENTRY\n");
		return TANU_EXIT_USAGE;
	}
	if (read_file(&policy_text, argv[1], &err) || read_file(&proof_text, argv[2], &err) ||
	    read_file(&entry, argv[3], &err) ||
	    tanu_policy_parse(&policy, policy_text.bytes, policy_text.len, &err) ||
	    tanu_log_proof_parse(&proof, proof_text.bytes, proof_text.len, &err) ||
	    tanu_log_proof_verify(policy, &checkpoint, &trust, &proof, entry.bytes, entry.len,
				  &err))
		fprintf(stderr, "verify_proof: %s: %s\n", err.place, err.message);
	else
		printf("entry %lu of %lu in %s, seen by %lu witnesses%s\n",
		       (unsigned long)proof.index, (unsigned long)checkpoint.size,
		       checkpoint.origin, (unsigned long)trust.witnesses,
		       trust.quorum_none ? ": UNWITNESSED" : "");
	tanu_policy_free(&policy);
	return (int)tanu_exit_for(err.status);
}
