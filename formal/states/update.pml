/*
 * Update over the air (docs/PROTOCOL.md, Update): a device with two slots for firmware, a PN GW that is the attacker, power
 * that is cut between any two writes, and flash that fails under the image that runs. Image 0 is nothing or damaged
 * octets, FORGED one that the vendor has not signed for this board; of the others each has its number as counter, and the
 * device is shipped with image 1 in slot 0. A signature is what the vendor alone can make. PROPERTY_name chooses what is
 * checked, BROKEN_name takes one rule away.
 */
#define IMAGES 2
#define FORGED 3
#define noSlot 2

byte content[2];         /* what the octets of a slot are, but for the first 16 */
bool head[2];            /* the first 16, without which no boot loader starts it */
byte starts;             /* the slot that starts next, and whether it is new, on trial, or confirmed */
mtype { NEW, TRIAL, CONFIRMED }
mtype state = CONFIRMED;

/* In flash, beside the keys. */
byte counter, next;
byte image, slot = noSlot;
bool whole;
byte trials;

/* In memory. */
byte running = 0;        /* the slot that runs */
byte wanted;
bool stopped;            /* nothing starts any more */

/* What is true, whatever flash says. */
byte proven = 1;         /* the highest counter of an image that has been confirmed */
bool worn;               /* flash has failed under the image that ran */

#define other (1 - running)
#define canStart(which) (head[which] && content[which] != 0)

inline judge(header) {
	if
#ifndef BROKEN_noSignature
	:: header == FORGED -> skip
#endif
#ifndef BROKEN_noCounter
	:: header != FORGED && header < counter -> skip
#endif
	:: image == header && trials >= 2 -> skip
	:: else -> wanted = header
	fi
}

inline settle() {
	if
	:: next > counter -> counter = next
	:: else
	fi;
	slot = noSlot
}

/* What the boot loader does: the one that is to start, or, where that cannot, the other one. */
inline boot() {
	wanted = 0;
	if
	:: state == TRIAL -> starts = 1 - starts; state = CONFIRMED
	:: state == NEW -> state = TRIAL
	:: else
	fi;
	if
	:: canStart(starts) -> running = starts
	:: !canStart(starts) && canStart(1 - starts) -> starts = 1 - starts; state = CONFIRMED; running = starts
	:: else -> stopped = true
	fi;
#ifdef PROPERTY_startsSigned
	/* Neither another's octets nor some that nobody has verified as a whole. */
	assert(stopped || content[running] <= IMAGES);
#endif
#ifdef PROPERTY_alwaysStarts
	assert(!stopped || worn);
#endif
#ifdef PROPERTY_neverOlder
	/* In flash that holds: nothing older than what has proven itself is started as something new. */
	assert(stopped || worn || state == CONFIRMED || content[running] >= proven);
#endif
#ifndef BROKEN_noSettle
	if
	:: !stopped && state == CONFIRMED && slot == running -> settle()
	:: else
	fi
#endif
}

/* The parts of an image that is written: what is there is none of the images. */
#define PARTS 4

byte o;
active proctype device() {
	content[0] = 1; head[0] = true; counter = 1;
	do
	:: stopped -> break

	/* The PN GW offers whatever it likes. */
	:: !stopped && state == CONFIRMED && wanted == 0 -> atomic {
		o = 1;
		do
		:: o < FORGED -> o++
		:: break
		od;
		judge(o);
		o = 0 }

	/* The first chunk: the slot is another image's from now on. */
	:: !stopped && wanted != 0 && (image != wanted || !whole) -> atomic {
		if
		:: image != wanted -> image = wanted; trials = 0
		:: else
		fi;
		whole = false; slot = noSlot;
#ifdef BROKEN_intoRunning
		content[running] = PARTS
#else
		content[other] = PARTS;
	#ifdef BROKEN_headFirst
		head[other] = true
	#else
		head[other] = false
	#endif
#endif
		}

	/* The last one: what the PN GW has sent is that image, or is not. */
	:: !stopped && wanted != 0 && image == wanted && !whole && content[other] == PARTS -> atomic {
		whole = true;
		if
		:: content[other] = wanted
		:: content[other] = FORGED
		:: skip
		fi }

	/* Read back, and noted where it switches to … */
	:: !stopped && wanted != 0 && image == wanted && whole && slot == noSlot -> atomic {
		trials++;
		if
#ifndef BROKEN_noHash
		:: content[other] != wanted -> whole = false; wanted = 0
#endif
		:: else -> slot = other; next = wanted
		fi }
	/* … and switched, with a start that comes of itself. */
	:: !stopped && wanted != 0 && slot == other -> atomic {
		head[other] = true; starts = other; state = NEW;
		boot() }

	/* In a PN: it is confirmed, and then the counter is written, unless power is cut between the two. */
	:: !stopped && state == TRIAL -> atomic {
		state = CONFIRMED;
		if
		:: content[running] <= IMAGES && content[running] > proven -> proven = content[running]
		:: else
		fi;
		if
		:: settle()
		:: boot()
		fi }
#ifdef PROPERTY_updated
	:: counter == IMAGES -> assert(false)
#endif

	/* Any start: power, the half hour, the watchdog. */
	:: !stopped -> atomic { boot() }

	/* A factory reset forgets how far an update is, not the counter. */
	:: !stopped && whole -> whole = false

	/* Flash fails under the image that runs, which shows at the next start. */
	:: !stopped && !worn -> atomic { worn = true; content[running] = 0; boot() }
	od
}
