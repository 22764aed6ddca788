/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tablets.h - the tablets at doors and wards that this site knows, each by the key of its
 * certificate (docs/server.md). The certificate itself is kept nowhere here.
 */
#ifndef SERVICE_TABLETS_H
#define SERVICE_TABLETS_H

#include "service/service.h"

#define TABLET_ISSUER	"Tanu tablets" /* by whom their certificates are made out (http/) */
#define TABLET_NAME_MAX 60
#define TABLET_PIN_LEN	32
#define TABLETS_MAX	256 /* that have not ended */
struct tablet_view {
	tanu_id id;
	char name[TABLET_NAME_MAX + 1];
	uint8_t pin[TABLET_PIN_LEN]; /* SHA-256 of its public key (SubjectPublicKeyInfo) */
	int64_t added_ms, ended_ms;  /* 0: it is one of the site's */
};
/* TANU_USAGE: conflict (the name is taken), usage (no name); TANU_REFUSED (gallery-full). */
tanu_status service_tablet_check(struct service *s, const char *name, tanu_error *err);
tanu_status service_tablet_add(struct service *s, struct tablet_view *out, const char *name,
			       const uint8_t pin[TABLET_PIN_LEN], tanu_error *err);
/* Ended ones too. */
tanu_status service_tablet_each(struct service *s,
				tanu_status (*each)(void *self, const struct tablet_view *v,
						    tanu_error *err),
				void *self, tanu_error *err);
/* One that has not ended; TANU_NOT_FOUND (record-missing). */
tanu_status service_tablet_by_pin(struct service *s, struct tablet_view *out,
				  const uint8_t pin[TABLET_PIN_LEN], tanu_error *err);
tanu_status service_tablet_by_name(struct service *s, struct tablet_view *out, const char *name,
				   tanu_error *err);
/* From the next request on nobody with its certificate is answered. TANU_NOT_FOUND. */
tanu_status service_tablet_end(struct service *s, struct tablet_view *out, const tanu_id *id,
			       tanu_error *err);

/* Setting kiosk.paired: are faces compared in a browser at a paired tablet only? */
bool service_tablets_only(const struct service *s);

#endif
