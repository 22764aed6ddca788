/* SPDX-License-Identifier: Apache-2.0 */
/* Waits for cards, and reads them. */
#include "device/pcsc/pcsc.h"

#include <stdio.h>
#include <string.h>

#define WAIT_MS	  250  /* for a card, before looking whether to stop */
#define AGAIN_MS  1000 /* without service or reader */
#define NAMES_MAX 4096
/* PCSC-Lite counts in the upper half of a state how often a card came or went. */
#define CHANGES_SHIFT 16

static void tell(struct pcsc *p, enum reader_event_kind kind, const char *word)
{
	p->shown = (struct reader_event){.kind = kind, .word = word};
	pcsc_put(p, &p->shown);
}

static void set_online(struct pcsc *p, bool online)
{
	if (p->online != online)
		tell(p, online ? READER_ONLINE : READER_OFFLINE, NULL);
	p->online = online;
}

/* ---- the service and the reader ---- */

static void let_go(struct pcsc *p)
{
	if (p->have_context)
		SCardReleaseContext(p->context);
	p->have_context = false;
	p->name[0] = '\0';
	set_online(p, false);
}

/* The names come one behind the other, each with its zero, and an empty one at the end. */
static bool pick_name(struct pcsc *p, const char *names, size_t len)
{
	for (size_t at = 0; at < len && names[at]; at += strlen(names + at) + 1) {
		if (!strstr(names + at, p->want) || strlen(names + at) >= PCSC_NAME_MAX)
			continue;
		snprintf(p->name, sizeof(p->name), "%s", names + at);
		return true;
	}
	return false;
}

static bool find_reader(struct pcsc *p)
{
	char names[NAMES_MAX] = "";
	DWORD len = sizeof(names) - 1;

	if (!p->have_context &&
	    SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &p->context) != SCARD_S_SUCCESS)
		return false;
	p->have_context = true;
	if (p->name[0])
		return true;
	if (SCardListReaders(p->context, NULL, names, &len) != SCARD_S_SUCCESS ||
	    !pick_name(p, names, len))
		return false;
	p->state = SCARD_STATE_UNAWARE;
	return true;
}

/* ---- a card ---- */

struct card {
	SCARDHANDLE handle;
	DWORD protocol;
};

static tanu_status transmit(void *self, uint8_t *reply, size_t *reply_len, const uint8_t *command,
			    size_t command_len, tanu_error *err)
{
	struct card *card = self;
	const SCARD_IO_REQUEST *how =
	    card->protocol == SCARD_PROTOCOL_T0 ? SCARD_PCI_T0 : SCARD_PCI_T1;
	DWORD len = (DWORD)*reply_len;

	if (SCardTransmit(card->handle, how, command, (DWORD)command_len, NULL, reply, &len) !=
	    SCARD_S_SUCCESS)
		return tanu_fail(err, TANU_ERR_DEVICE, "NFC card", "it was taken away too early");
	*reply_len = len;
	return TANU_OK;
}

/* A number as a card: its bytes are its bits. */
static tanu_status read_number(struct pcsc *p, const struct chip *chip)
{
	tanu_status st = nfc_uid(chip, p->shown.bytes, &p->shown.len, NULL);

	p->shown.kind = READER_CARD;
	p->shown.bits = (uint16_t)(8 * p->shown.len);
	return st;
}

static const char *trouble(tanu_status st)
{
	if (st == TANU_NOT_FOUND)
		return "a card without a pass";
	return st == TANU_SYSTEM ? "a card that was taken away too early"
				 : "a card that is damaged";
}

static void read_card(struct pcsc *p, struct card *card)
{
	const struct chip chip = {.transmit = transmit, .self = card};
	tanu_status st;

	p->shown = (struct reader_event){.kind = READER_PASS};
	st = nfc_read(&chip, p->shown.bytes, &p->shown.len, p->has_file ? &p->file : NULL, NULL);
	if (st == TANU_NOT_FOUND && p->numbers)
		st = read_number(p, &chip);
	if (st < 0)
		tell(p, READER_REFUSED, trouble(st));
	else
		pcsc_put(p, &p->shown);
	mem_wipe(&p->shown, sizeof(p->shown));
}

static void use_card(struct pcsc *p)
{
	struct card card = {0};
	LONG rc = SCardConnect(p->context, p->name, SCARD_SHARE_SHARED,
			       SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1, &card.handle, &card.protocol);

	if (rc != SCARD_S_SUCCESS) {
		tell(p, READER_REFUSED, "a card that does not answer");
		return;
	}
	read_card(p, &card);
	SCardDisconnect(card.handle, SCARD_LEAVE_CARD);
}

/* What the service says of the reader. False: it, or the service, is gone. */
static bool wait_for_change(struct pcsc *p)
{
	SCARD_READERSTATE state = {.szReader = p->name, .dwCurrentState = p->state};
	LONG rc = SCardGetStatusChange(p->context, WAIT_MS, &state, 1);
	bool was, is, other;

	if (rc == (LONG)SCARD_E_TIMEOUT)
		return true;
	if (rc != SCARD_S_SUCCESS ||
	    (state.dwEventState & (SCARD_STATE_UNKNOWN | SCARD_STATE_UNAVAILABLE)))
		return false;
	was = p->state & SCARD_STATE_PRESENT;
	is = state.dwEventState & SCARD_STATE_PRESENT;
	other = state.dwEventState >> CHANGES_SHIFT != p->state >> CHANGES_SHIFT;
	p->state = state.dwEventState & ~(DWORD)SCARD_STATE_CHANGED;
	set_online(p, true);
	if (is && (!was || other) &&
	    !(state.dwEventState & (SCARD_STATE_MUTE | SCARD_STATE_EXCLUSIVE)))
		use_card(p);
	return true;
}

void *pcsc_thread(void *self)
{
	struct pcsc *p = self;

	while (!pcsc_stopping(p)) {
		if (find_reader(p) && wait_for_change(p))
			continue;
		let_go(p);
		pcsc_pause(p, AGAIN_MS);
	}
	let_go(p);
	return NULL;
}
