/*
 * A new master key for the Server's rows (docs/OPERATING.md, Master key): `rotate-key` in one data folder, and another Server
 * with a folder of its own on the same database, which nobody has stopped, or whose server.keys are not copied anew. Each
 * step is one write of a file or one transaction; power can be cut after any of them; a back-up is put back whenever
 * `restore` takes it. Keys have numbers, of which none comes twice. PROPERTY_name chooses what is checked, BROKEN_name
 * takes one rule away.
 */
#define ROWS 2
#define KEYS 3

/* The database: what each row is sealed under, and the key that seals now. */
byte row[ROWS], seals;
byte kept[ROWS], keptSeals;
bool backedUp;

/* server.keys: the first seals, the others (a bit each) open; of the folder where keys are changed, and of the other Server. */
byte first = 1, older, theirFirst = 1, theirOlder;
/* What the other Server has read when it started; it runs. */
byte runFirst, runOlder;
bool runs;

byte keys = 1;           /* made so far */
byte step;               /* of rotate-key; 0: it does not run */
byte at;                 /* rows that it has sealed anew */
bool dropped;            /* who has rotated must find every row under the new key alone */

#define bit(key) (1 << (key))
#define opens(one, others, key) ((key) == (one) || (((others) >> (key)) & 1))
#define canOpen(key) opens(first, older, key)

/* The key that seals is one of mine: from now on it is my first one. */
#ifdef BROKEN_noClaim
	#define mayStart(one, others) true
#else
	#define mayStart(one, others) opens(one, others, seals)
#endif
#ifdef BROKEN_noLook
	#define maySeal(one) true
#else
	#define maySeal(one) ((one) == seals)
#endif

byte i;
inline invariants() {
#ifdef PROPERTY_nothingLost
	for (i : 0 .. ROWS - 1) { assert(canOpen(row[i])) }
#endif
#ifdef PROPERTY_nothingOld
	assert(!dropped || (row[0] == first && row[1] == first));
#endif
#ifdef PROPERTY_rotated
	assert(!dropped);
#endif
#ifdef PROPERTY_bothServe
	assert(!(runs && runFirst == 2 && row[0] == 2 && dropped));
#endif
	i = 0
}

active proctype world() {
	row[0] = 1; row[1] = 1; seals = 1;
	do
	/* The Server of this folder: not while keys are changed. */
	:: step == 0 && mayStart(first, older) -> atomic {
		seals = first;
		if
		:: row[0] = first
		:: row[1] = first
		fi;
		invariants() }

	/* The other one: starts, ends, writes. */
	:: !runs && mayStart(theirFirst, theirOlder) -> atomic {
		runs = true; runFirst = theirFirst; runOlder = theirOlder; seals = theirFirst; invariants() }
	:: runs -> runs = false; runFirst = 0; runOlder = 0
	:: runs && maySeal(runFirst) -> atomic {
		if
		:: row[0] = runFirst
		:: row[1] = runFirst
		fi;
		invariants() }
	/* Its folder gets the file of here, at any time. */
	:: atomic { theirFirst = first; theirOlder = older }

	/* rotate-key */
#ifdef BROKEN_fileLast
	:: step == 0 && keys < KEYS && mayStart(first, older) -> atomic { keys++; step = 1; dropped = false; at = 0 }
	#define fresh keys
#else
	:: step == 0 && keys < KEYS && mayStart(first, older) -> atomic {
		keys++; older = older | bit(first); first = keys; step = 1; dropped = false; at = 0 }
	#define fresh first
#endif
#ifdef BROKEN_claimLast
	:: step == 1 -> step = 2
#else
	:: step == 1 -> atomic { seals = fresh; step = 2 }
#endif
	:: step == 2 && at < ROWS -> atomic {
		if
		:: canOpen(row[at]) -> row[at] = fresh; at++
		:: else -> step = 0
		fi;
		invariants() }
#ifdef BROKEN_dropFirst
	:: step == 2 -> atomic { older = 0; dropped = (at == ROWS); step = (at == ROWS -> 0 : 2); invariants() }
#else
	:: step == 2 && at == ROWS -> atomic { first = fresh; older = 0; seals = fresh; step = 0; dropped = true; invariants() }
#endif
	/* Power is cut. */
	:: step != 0 -> step = 0; at = 0

	/* A back-up, and its return. */
	:: !backedUp -> atomic { kept[0] = row[0]; kept[1] = row[1]; keptSeals = seals; backedUp = true }
#ifdef BROKEN_putBackUnread
	:: backedUp && step == 0 -> atomic {
#else
	:: backedUp && step == 0 && mayStart(first, older) && canOpen(kept[0]) && canOpen(kept[1]) -> atomic {
#endif
		row[0] = kept[0]; row[1] = kept[1]; seals = first; dropped = false; invariants() }
	od
}
