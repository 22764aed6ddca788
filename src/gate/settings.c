/* SPDX-License-Identifier: Apache-2.0 */
/* The operator's settings of a gate: gate.ini, one row each. */
#include "gate/gate.h"

#define NUMBER(key, unit_, kind_, dflt, lo, hi, reload, help_)                                 \
	{                                                                                      \
		.name = (key), .unit = (unit_), .kind = (kind_), .value = (dflt), .min = (lo), \
		.max = (hi), .reloadable = (reload), .help = (help_)                           \
	}
#define TEXT(key, dflt, reload, help_)                                            \
	{                                                                         \
		.name = (key), .unit = "", .kind = SETTING_TEXT, .value = (dflt), \
		.reloadable = (reload), .help = (help_)                           \
	}

#define SWITCH(key, help_)                                                                      \
	{                                                                                       \
		.name = (key), .unit = "", .kind = SETTING_BOOL, .value = "no", .help = (help_) \
	}

/* Rows of one reader. */
#define READER(n, name_, way, address_)                                                         \
	TEXT("reader" n ".driver", "", false,                                                   \
	     "osdp, wiegand, pcsc, camera (passes as QR codes) or sim (with door.driver sim); " \
	     "empty: there is none"),                                                           \
	    TEXT("reader" n ".name", name_, false, "what the log calls it"),                    \
	    TEXT("reader" n ".direction", way, false, "entry or exit"),                         \
	    TEXT("reader" n ".line", "", false,                                                 \
		 "osdp: /dev/ttyUSB0 or tcp:192.0.2.1:4001, the same for all readers on it; "   \
		 "wiegand: D0,D1 of door.chip; pcsc: a part of the reader's name"),             \
	    NUMBER("reader" n ".address", "", SETTING_INT, address_, 0, 126, false,             \
		   "osdp: its address on the line"),                                            \
	    NUMBER("reader" n ".baud", "", SETTING_INT, "9600", 9600, 230400, false,            \
		   "osdp: speed of the line"),                                                  \
	    SWITCH("reader" n ".rs485", "osdp: the port drives its transceiver by RTS"),        \
	    TEXT("reader" n ".key", "", false,                                                  \
		 "osdp: file with its key, in state.dir or beside this one; made by "           \
		 "tanu-gate reader-pair " n),                                                   \
	    TEXT("reader" n ".layout", "26", false,                                             \
		 "wiegand: layouts of its cards, such as 26,34 (docs/devices.md)"),             \
	    TEXT("reader" n ".sites", "", false,                                                \
		 "wiegand: site codes of its cards, such as 12,13; empty: any"),                \
	    TEXT("reader" n ".light", "", false, "wiegand: line of its light; empty: none"),    \
	    TEXT("reader" n ".beeper", "", false, "wiegand: line of its beeper"),               \
	    TEXT("reader" n ".file", "", false,                                                 \
		 "pcsc: application and file of the site's own cards, such as "                 \
		 "A0000003970300:0101; empty: passes"),                                         \
	    SWITCH("reader" n ".numbers",                                                       \
		   "pcsc: cards without a pass count by their number, which anybody can copy")

static const struct setting_row rows[] = {
    TEXT("gate.language", "kk", true, "language of screen and speech: kk, ru or en"),
    TEXT("gate.speech", "", false,
	 "a named pipe that gets a line for each thing said, \"key<tab>text\": for a program that "
	 "plays sounds or draws; empty: none"),
    TEXT("gate.socket", "/run/tanu-gate/view.sock", false,
	 "private socket for tanu gate view and the guard's button"),
    TEXT("state.dir", "/var/lib/tanu-gate", false,
	 "the gate's keys, pairing, sealed lease and waiting events"),
    TEXT("run.dir", "/run/tanu-gate/keys", false,
	 "keys of the lease: a folder in memory, gone without power"),
    NUMBER("lease.people", "people", SETTING_INT, "5000", 1, 20000, false,
	   "most people of the zone; memory is taken for them at the start"),
    {.name = "lease.cards_on_disk",
     .unit = "",
     .kind = SETTING_BOOL,
     .value = "no",
     .help = "keep the key of cards and PINs on the disk too, so that they go on after a power "
	     "cut without the site; whoever steals the gate can then find out card numbers"},
    TEXT("link.url", "", false, "address of the site's server, https://...; empty: by hand only"),
    NUMBER("link.poll_ms", "ms", SETTING_INT, "2000", 200, 60000, false,
	   "how often the site is asked: a withdrawal is here after twice that"),
    {.name = "clock.battery",
     .unit = "",
     .kind = SETTING_BOOL,
     .value = "no",
     .help = "the machine's clock runs without power and is right: trust it at the start"},
    NUMBER("spool.events", "events", SETTING_INT, "100000", 100, 10000000, false,
	   "most events that wait for the site; at four fifths it is told, then nobody comes in"),
    TEXT("door.driver", "sim", false,
	 "gpio; panel: one on the wall moves the lock (panel.line); or sim: a door that is not "
	 "there"),
    TEXT("door.script", "", false, "sim: file with what happens when (docs/devices.md)"),
    TEXT("door.chip", "", false, "gpio: the chip, /dev/gpiochip0"),
    TEXT("door.relay", "", false, "gpio: line of the relay; a minus before it: on is low"),
    TEXT("door.leaf", "", false, "gpio: line of the contact in the frame; empty: none"),
    TEXT("door.in", "", false, "gpio: line of the passage sensor inwards"),
    TEXT("door.out", "", false, "gpio: line of the passage sensor outwards"),
    TEXT("door.exit", "", false, "gpio: line of the button inside"),
    TEXT("door.fire", "", false, "gpio: line of the fire panel's contact"),
    TEXT("door.tamper", "", false, "gpio: line of the box's switch"),
    TEXT("door.bolt", "", false, "gpio: line of the lock's own contact"),
    NUMBER("door.pulse_ms", "ms", SETTING_INT, "0", 0, 10000, false,
	   "the relay closes for so long a grant; 0: as long as the door is free"),
    NUMBER("door.grant_ms", "ms", SETTING_INT, "5000", 500, 60000, true,
	   "how long a grant waits for its passage"),
    NUMBER("door.exit_ms", "ms", SETTING_INT, "5000", 500, 60000, true,
	   "how long the button inside frees the door"),
    NUMBER("door.held_ms", "ms", SETTING_INT, "15000", 1000, 600000, true,
	   "open for longer than this is told"),
    {.name = "door.counts",
     .unit = "",
     .kind = SETTING_BOOL,
     .value = "no",
     .reloadable = true,
     .help = "a sensor counts people; otherwise opening the leaf is one passage"},
    {.name = "door.handle",
     .unit = "",
     .kind = SETTING_BOOL,
     .value = "no",
     .reloadable = true,
     .help = "a handle inside opens without telling: then opening is no force"},
    TEXT("panel.line", "", false,
	 "D0,D1 of door.chip: a panel on the wall is shown the card of whoever is let in; minus "
	 "signs "
	 "where a transistor turns the wires round; empty: none"),
    TEXT("panel.other", "", false,
	 "card that it is shown for who came without one (a pass, the guard's word), such as "
	 "26:12:60001; empty: nothing is shown"),
    READER("1", "front", "entry", "0"),
    READER("2", "inside", "exit", "1"),
    READER("3", "third", "entry", "2"),
    READER("4", "fourth", "entry", "3"),
    TEXT("camera.source", "", false,
	 "rtsp://..., http://..., /dev/video0, a video file or a folder of pictures; empty: no "
	 "camera, the lane without a face goes on"),
    NUMBER("camera.width", "px", SETTING_INT, "1280", 320, 1920, false,
	   "a larger picture is scaled down"),
    NUMBER("camera.height", "px", SETTING_INT, "720", 240, 1080, false, "likewise"),
    NUMBER("camera.near", "%", SETTING_INT, "12", 2, 80, false,
	   "height of a face that stands at the gate, of the picture's"),
    TEXT("infrared.source", "", false,
	 "a second camera beside the first that sees infrared: nobody is let in by face whom it "
	 "does "
	 "not see; as camera.source; empty: there is none"),
    TEXT("infrared.view", SECOND_VIEW_SAME, false,
	 "where its picture lies: scale, right, down in percent; tanu-gate check tells them"),
    TEXT("depth.source", "", false,
	 "a camera that gives distances (16 bit), likewise: a device, or files for tests"),
    TEXT("depth.view", SECOND_VIEW_SAME, false,
	 "likewise; by hand, until check tells 14 mm or more"),
    NUMBER("depth.unit", "um", SETTING_INT, "1000", 1, 100000, false, "of one step of distance"),
    TEXT("camera.models", "", false, "folder of the models; empty: the usual places"),
    NUMBER("look.frames", "", SETTING_INT, "2", 1, 4, false, "best frames compared for a decision"),
    NUMBER("look.ms", "ms", SETTING_INT, "4000", 500, 30000, true,
	   "how long a face is looked for; then the lane without one is offered"),
    {.name = "look.turn",
     .unit = "",
     .kind = SETTING_BOOL,
     .value = "no",
     .help = "ask every face to turn, not only in doubt: where an attacker can reach the camera's "
	     "wire. It takes some seconds, so give look.ms 8000"},
    NUMBER("look.tries", "", SETTING_INT, "2", 1, 5, true, "how often, when it did not match"),
    NUMBER("pin.ms", "ms", SETTING_INT, "12000", 2000, 60000, true,
	   "how long the keypad is waited for"),
    NUMBER("pin.tries", "", SETTING_INT, "5", 3, 20, true,
	   "wrong PINs of one person, then a pause"),
    NUMBER("pin.lock_s", "s", SETTING_INT, "900", 60, 86400, true, "how long that pause is"),
    NUMBER("guard.ms", "ms", SETTING_INT, "60000", 5000, 600000, true,
	   "how long somebody who was called is waited for"),
    NUMBER("show.ms", "ms", SETTING_INT, "2000", 300, 20000, true, "how long an outcome is shown"),
};

const struct setting_row *gate_settings(size_t *count)
{
	*count = ARRAY_LEN(rows);
	return rows;
}
