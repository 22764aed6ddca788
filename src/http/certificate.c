/* SPDX-License-Identifier: Apache-2.0 */
/* The certificate of a server that has none yet: made, and renewed under the same key. */
#include "http/x509.h"

#include <arpa/inet.h>
#include <string.h>

#define MADE_HERE     "Tanu self-signed certificate"
#define VALID_DAYS    825 /* the longest that every browser takes */
#define RENEW_DAYS    60
#define FILE_MAX      ((size_t)256 << 10)
#define FILE_CERT     "tls.crt"
#define FILE_KEY      "tls.key"
#define PEM_CERT_MODE 0644

struct files {
	char certificate[OS_PATH_MAX], key[OS_PATH_MAX];
};

static tanu_status paths_of(struct files *out, const char *folder, tanu_error *err)
{
	tanu_status st =
	    os_path(out->certificate, sizeof(out->certificate), folder, FILE_CERT, err);

	return st < 0 ? st : os_path(out->key, sizeof(out->key), folder, FILE_KEY, err);
}

static tanu_status failed(const char *place, int rc, tanu_error *err)
{
	if (rc == GNUTLS_E_MEMORY_ERROR)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, place, "not enough memory");
	return tanu_fail(err, TANU_ERR_FORMAT, place, "it cannot be used: %s", gnutls_strerror(rc));
}

static gnutls_datum_t datum_of(const struct buf *b)
{
	return (gnutls_datum_t){.data = b->data, .size = (unsigned)b->len};
}

/* ---- the key ---- */

static int key_pem(struct buf *out, gnutls_x509_privkey_t key)
{
	gnutls_datum_t pem = {0};
	int rc = gnutls_x509_privkey_export2_pkcs8(key, GNUTLS_X509_FMT_PEM, NULL,
						   GNUTLS_PKCS_PLAIN, &pem);

	if (rc < 0)
		return rc;
	buf_put(out, pem.data, pem.size);
	gnutls_memset(pem.data, 0, pem.size);
	gnutls_free(pem.data);
	return 0;
}

/* The key in `pem`, or a new one, which `pem` then is. */
static tanu_status have_key(gnutls_x509_privkey_t key, struct buf *pem, const char *path,
			    tanu_error *err)
{
	gnutls_datum_t given = datum_of(pem);
	int rc;

	if (pem->len > 0) {
		rc = gnutls_x509_privkey_import2(key, &given, GNUTLS_X509_FMT_PEM, NULL, 0);
		return rc < 0 ? failed(path, rc, err) : TANU_OK;
	}
	rc = x509_new_key(key);
	if (rc >= 0)
		rc = key_pem(pem, key);
	if (rc < 0)
		return failed(path, rc, err);
	if (buf_check(pem, err) < 0)
		return TANU_MEMORY;
	return os_replace_file(path, pem->data, pem->len, 0600, err);
}

/* ---- the certificate ---- */

static int add_name(gnutls_x509_crt_t c, const char *name)
{
	struct in_addr v4;
	struct in6_addr v6;

	if (inet_pton(AF_INET, name, &v4) == 1)
		return gnutls_x509_crt_set_subject_alt_name(c, GNUTLS_SAN_IPADDRESS, &v4,
							    sizeof(v4), GNUTLS_FSAN_APPEND);
	if (inet_pton(AF_INET6, name, &v6) == 1)
		return gnutls_x509_crt_set_subject_alt_name(c, GNUTLS_SAN_IPADDRESS, &v6,
							    sizeof(v6), GNUTLS_FSAN_APPEND);
	return gnutls_x509_crt_set_subject_alt_name(c, GNUTLS_SAN_DNSNAME, name,
						    (unsigned)strlen(name), GNUTLS_FSAN_APPEND);
}

static int set_subject(gnutls_x509_crt_t c, const char *const *names, size_t names_len)
{
	int rc = gnutls_x509_crt_set_dn_by_oid(c, GNUTLS_OID_X520_ORGANIZATION_NAME, 0, MADE_HERE,
					       sizeof(MADE_HERE) - 1);

	if (rc >= 0)
		rc = gnutls_x509_crt_set_dn_by_oid(c, GNUTLS_OID_X520_COMMON_NAME, 0, names[0],
						   (unsigned)strlen(names[0]));
	for (size_t i = 0; i < names_len && rc >= 0; i++)
		rc = add_name(c, names[i]);
	return rc;
}

static int set_use(gnutls_x509_crt_t c)
{
	int rc = gnutls_x509_crt_set_basic_constraints(c, 0, -1);

	if (rc >= 0)
		rc = gnutls_x509_crt_set_key_usage(c, GNUTLS_KEY_DIGITAL_SIGNATURE);
	if (rc >= 0)
		rc = gnutls_x509_crt_set_key_purpose_oid(c, GNUTLS_KP_TLS_WWW_SERVER, 0);
	return rc;
}

static int fill(gnutls_x509_crt_t c, gnutls_x509_privkey_t key, const char *const *names,
		size_t names_len, int64_t now_ms)
{
	int rc = gnutls_x509_crt_set_key(c, key);

	if (rc >= 0)
		rc = set_subject(c, names, names_len);
	if (rc >= 0)
		rc = set_use(c);
	if (rc >= 0)
		rc = x509_times(c, now_ms, VALID_DAYS - 1);
	if (rc >= 0)
		rc = gnutls_x509_crt_sign2(c, c, key, GNUTLS_DIG_SHA256, 0);
	return rc;
}

static int make(struct buf *out, gnutls_x509_privkey_t key, const char *const *names,
		size_t names_len, int64_t now_ms)
{
	gnutls_datum_t pem = {0};
	gnutls_x509_crt_t c;
	int rc = gnutls_x509_crt_init(&c);

	if (rc < 0)
		return rc;
	rc = fill(c, key, names, names_len, now_ms);
	if (rc >= 0)
		rc = gnutls_x509_crt_export2(c, GNUTLS_X509_FMT_PEM, &pem);
	if (rc >= 0)
		buf_put(out, pem.data, pem.size);
	gnutls_free(pem.data);
	gnutls_x509_crt_deinit(c);
	return rc;
}

/* ---- what stands there ---- */

static bool made_here(gnutls_x509_crt_t c)
{
	char text[64] = "";
	size_t len = sizeof(text);

	return gnutls_x509_crt_get_dn_by_oid(c, GNUTLS_OID_X520_ORGANIZATION_NAME, 0, 0, text,
					     &len) >= 0 &&
	       strcmp(text, MADE_HERE) == 0;
}

static bool still_good(gnutls_x509_crt_t c, const char *const *names, size_t names_len,
		       int64_t now_ms)
{
	int64_t ends_ms = (int64_t)gnutls_x509_crt_get_expiration_time(c) * 1000;
	bool good = ends_ms - now_ms > RENEW_DAYS * DAY_MS;

	for (size_t i = 0; i < names_len && good; i++)
		good = gnutls_x509_crt_check_hostname(c, names[i]) != 0;
	return good;
}

/* Is there one that stays as it is? */
static tanu_status look(bool *stays, const struct buf *pem, const char *path,
			const char *const *names, size_t names_len, int64_t now_ms, tanu_error *err)
{
	gnutls_datum_t given = datum_of(pem);
	gnutls_x509_crt_t c;
	int rc;

	*stays = false;
	if (pem->len == 0)
		return TANU_OK;
	rc = gnutls_x509_crt_init(&c);
	if (rc < 0)
		return failed(path, rc, err);
	rc = gnutls_x509_crt_import(c, &given, GNUTLS_X509_FMT_PEM);
	if (rc >= 0)
		*stays = !made_here(c) || still_good(c, names, names_len, now_ms);
	gnutls_x509_crt_deinit(c);
	return rc < 0 ? failed(path, rc, err) : TANU_OK;
}

static tanu_status read_if_there(struct buf *out, const char *path, tanu_error *err)
{
	return os_exists(path) ? os_read_file(out, path, FILE_MAX, err) : TANU_OK;
}

static tanu_status renew(struct buf *certificate, struct buf *key_text, const struct files *files,
			 const char *const *names, size_t names_len, int64_t now_ms,
			 tanu_error *err)
{
	gnutls_x509_privkey_t key;
	tanu_status st;
	int rc = gnutls_x509_privkey_init(&key);

	if (rc < 0)
		return failed(files->key, rc, err);
	st = have_key(key, key_text, files->key, err);
	if (st >= 0) {
		certificate->len = 0;
		rc = make(certificate, key, names, names_len, now_ms);
		st = rc < 0 ? failed(files->certificate, rc, err) : buf_check(certificate, err);
	}
	if (st >= 0)
		st = os_replace_file(files->certificate, certificate->data, certificate->len,
				     PEM_CERT_MODE, err);
	gnutls_x509_privkey_deinit(key);
	return st;
}

static tanu_status have_both(struct buf *certificate, struct buf *key, bool *made,
			     const struct files *files, const char *const *names, size_t names_len,
			     int64_t now_ms, tanu_error *err)
{
	bool stays = false;
	tanu_status st;

	if ((st = read_if_there(certificate, files->certificate, err)) < 0 ||
	    (st = read_if_there(key, files->key, err)) < 0)
		return st;
	st = look(&stays, certificate, files->certificate, names, names_len, now_ms, err);
	if (st < 0)
		return st;
	*made = !stays;
	if (stays && key->len == 0)
		return tanu_fail(err, TANU_ERR_FILE_MISSING, files->key,
				 "there is a certificate, but not its key: put both there, or "
				 "neither");
	return stays ? TANU_OK : renew(certificate, key, files, names, names_len, now_ms, err);
}

tanu_status http_certificate(struct buf *certificate, struct buf *key, bool *made,
			     const char *folder, const char *const *names, size_t names_len,
			     int64_t now_ms, tanu_error *err)
{
	struct buf new_certificate = {.max = 2 * FILE_MAX}, new_key = {.max = 2 * FILE_MAX};
	struct files files;
	tanu_status st;
	bool fresh = false;

	if (names_len == 0)
		return BAD_CALL(err, "a certificate is for one name at least");
	if ((st = paths_of(&files, folder, err)) < 0)
		return st;
	st = have_both(&new_certificate, &new_key, &fresh, &files, names, names_len, now_ms, err);
	if (st < 0) {
		buf_free(&new_certificate);
		buf_wipe(&new_key);
		return st;
	}
	buf_free(certificate);
	buf_wipe(key);
	*certificate = new_certificate;
	*key = new_key;
	if (made)
		*made = fresh;
	return TANU_OK;
}
