/* SPDX-License-Identifier: Apache-2.0 */
/*
 * form.h - consent forms on paper: the notice, then one page to tick and sign, with a code on every
 * page that names the form and nobody's name. What a form says is planned by service/ before it is
 * drawn, and recorded after it (service_form_plan, service_forms_record).
 */
#ifndef FORM_FORM_H
#define FORM_FORM_H

#include "form/sheet.h"
#include "service/service.h"

/* What stands on one form besides the notice. */
struct form_page {
	const struct form_view *form;
	struct person person, guardian; /* the second when a guardian signs */
	char relation[RELATION_MAX + 1];
};
/* The person that `form` is about, and who signs. The caller wipes it. */
tanu_status form_page_fill(struct form_page *out, struct service *s, const struct form_view *form,
			   tanu_error *err);

/* The blocks of the notice, which many forms have in common. */
#define FORM_NOTICE_BLOCKS_MAX 360
void form_put_notice(struct sheet *sheet, const char *text, size_t text_len);
/* One form, after the notice: `sheet` gets all of its blocks. */
#define FORM_BLOCKS_MAX 400
void form_put(struct sheet *sheet, const struct sheet *notice, struct service *s,
	      const struct form_page *page);
/* The document of a filled sheet. */
void form_document(struct print_document *out, struct sheet *sheet, const struct form_view *form);

/*
 * One planned form in a file of its own, appended to `pdf`, which was empty; `form` gets its pages
 * and digest. Plan for what print_document plans for.
 */
tanu_status form_print(struct buf *pdf, struct service *s, struct form_view *form,
		       const struct notice *notice, tanu_error *err);

#endif
