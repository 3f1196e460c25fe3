/*
 * The Server's rows of one entity (a PNE with a Temporary Key, or with GATEWAY a PN GW, which can show its name alone,
 * and a SIM; a PNE without a factory's record is like it), as
 * two accounts and two PN GWs, one of each hostile, work on them. Every step is one transaction of the Server, or one
 * step of the entity; any order of them is tried. What the entity has sent is recorded and can come again at any time.
 * Keys are numbers, in the order of their age. PROPERTY_name chooses what is checked, BROKEN_name takes one rule away.
 */
#ifndef KEYS
	#define KEYS 3
#endif
#define NAMES 2
#ifdef GATEWAY
	#define SLOTS 2
#else
	#define SLOTS 3
#endif

#define PASSWORD 1
#define ESCROW 2
#define TEMPORARY 3
#define GBA 4

/* Identities: who has the first name, who has the other one, and who registers the first name after its removal. */
#define ALICE 1
#define MALLORY 2
#define LATER 3

/* A user's name is given again after a removal; the identity beside it never is. */
typedef rows {
	byte identityOf[NAMES];
	byte committed;
	byte owner;             /* who is believed to own it: an identity, or 1 + a name with BROKEN_nameOnly */
	byte origin;
	byte highest;           /* no key up to this one is taken any more, also after a release */
	byte slot[SLOTS];       /* keys that wait for their confirmation, by user and PN GW */
	byte released;          /* user and PN GW that got TK' since the last factory reset, plus 1 */
}
rows db, backup;
bool backedUp, restored;

/* What is true of a key, whatever the rows say. */
byte keyIdentity[KEYS + 1];   /* whose password or SIM made it */
byte keySlot[KEYS + 1];
byte keyOrigin[KEYS + 1];
bool claimed[KEYS + 1];       /* the entity has confirmed it, with the claim that only itself can make */
bool presented[KEYS + 1];     /* the entity's request to take this bootstrapped key, which can come again */
byte keys;                    /* keys ever made */

/* Between the two transactions of a proof: whose password, and where. Alice has typed hers into the entity itself. */
byte provenBy, provenAt;

/* The entity's flash. */
byte staged, held;
byte rotated;                 /* the key for which a replacement was made */
#if defined(PROPERTY_heldByEntity) || defined(PROPERTY_deliveredKeyStays)
bool wasReset;
bool excused;                 /* the staged key is gone by its owner's doing */
	#define reset wasReset = true
	#define excuse(it) excused = it
#else
	#define reset skip
	#define excuse(it) skip
#endif

#define exists(identity) (db.identityOf[0] == identity || db.identityOf[1] == identity)
#ifdef BROKEN_nameOnly
	#define ownerOf(name) (1 + (name))
	#define effective (db.owner == 0 -> 0 : db.identityOf[db.owner - 1])
#else
	#define ownerOf(name) db.identityOf[name]
	#define effective (exists(db.owner) -> db.owner : 0)
#endif
/* Slots 0 and 1: the first name at an honest and at a hostile PN GW; 2: the other name, wherever. A PN GW has but itself. */
#ifdef GATEWAY
	#define userAt(place) (place)
#else
	#define userAt(place) ((place) / 2)
#endif
#define nameOf(key) userAt(keySlot[key])
#define foreign(name) (db.committed != 0 && db.owner != ownerOf(name))
#define waits(key) (db.slot[0] == key || db.slot[1] == key || db.slot[SLOTS - 1] == key)

#define olderWaits(place, key) (db.slot[place] != 0 && db.slot[place] < key)
#define oldestWaits(key) !(olderWaits(0, key) || olderWaits(1, key) || olderWaits(SLOTS - 1, key))

/* The rules, and what is left of each without it. */
#ifdef BROKEN_checkedBefore
	#define stillUser true
#elif defined(BROKEN_nameOnly)
	#define stillUser (db.identityOf[userAt(provenAt)] != 0)
#else
	#define stillUser (db.identityOf[userAt(provenAt)] == provenBy)
#endif
#ifdef BROKEN_noClaim
	#define provenByEntity(key) (claimed[key] || keyIdentity[key] == MALLORY)
#elif defined(GATEWAY)
	/* Who has got a key by his password confirms it, for whatever name. */
	#define provenByEntity(key) (claimed[key] || keyIdentity[key] != ALICE)
#else
	#define provenByEntity(key) claimed[key]
#endif
#if defined(BROKEN_foreignAtConfirm) || defined(GATEWAY)
	#define mayOwn(key) !foreign(nameOf(key))
#else
	#define mayOwn(key) true
#endif
#ifdef BROKEN_olderWait
	#define newEnough(key) true
#else
	#define newEnough(key) (key > db.highest)
#endif
#ifdef BROKEN_ageOfGbaOnly
	#define newerBootstrapping(key) (db.origin != GBA || key >= db.committed)
#else
	#define newerBootstrapping(key) (key > db.highest)
#endif
#ifdef BROKEN_anySubscription
	#define subscriberExists(key) true
#else
	#define subscriberExists(key) (db.identityOf[nameOf(key)] == keyIdentity[key])
#endif
#ifdef BROKEN_triggerOverStaged
	#define mayBeTold(place) (held == 0)
#else
	#define mayBeTold(place) (held == 0 && (staged == 0 || staged == db.slot[place]))
#endif
#define mayRelease(place) (keyOrigin[db.slot[place]] == PASSWORD && (db.released == 0 || db.released == place + 1))
#ifdef BROKEN_nameOnly
	#define ownerWith(key) (1 + nameOf(key))
#else
	#define ownerWith(key) keyIdentity[key]
#endif

#ifdef PROPERTY_noOlderKey
byte everHighest;
	#define assertion_noOlderKey(key) assert(restored || key >= everHighest); everHighest = key
#else
	#define assertion_noOlderKey(key) skip
#endif
#ifdef PROPERTY_possession
	#ifdef GATEWAY
		#define assertion_possession(key) assert(keyIdentity[key] != ALICE || claimed[key] || presented[key])
	#else
		#define assertion_possession(key) assert(claimed[key] || presented[key])
	#endif
#else
	#define assertion_possession(key) skip
#endif
#ifdef PROPERTY_heldByEntity
	/* … or a newer one that it can still confirm. */
	#ifdef GATEWAY
		#define ofAnother(key) (keyIdentity[key] != ALICE)
	#else
		#define ofAnother(key) false
	#endif
	#define assertion_heldByEntity(key) assert(ofAnother(key) || restored || wasReset || excused || staged == key || held == key || \
		(staged > key && (waits(staged) || presented[staged])))
#else
	#define assertion_heldByEntity(key) skip
#endif

inline clearRow() {
	db.committed = 0; db.owner = 0; db.origin = 0;
#ifdef BROKEN_ageForgotten
	db.highest = 0;
#endif
}

inline clearSlots(condition) {
	for (i : 0 .. SLOTS - 1) {
		if
		:: db.slot[i] != 0 && (condition) -> db.slot[i] = 0
		:: else
		fi
	}
}

/* What arrives is confirmed at once, and that message can come at any time. */
inline deliver(key) {
	staged = key; claimed[key] = true; excuse(false)
}

inline acknowledge(key) {
	if
	:: staged == key -> held = key; staged = 0
	:: skip
	fi
}

inline put(key, at) {
#ifdef BROKEN_oneSlot
	clearSlots(true);
#endif
	if
	:: db.slot[at] != 0 && db.slot[at] == staged && keyIdentity[staged] == keyIdentity[key] -> excuse(true)
	:: else
	fi;
	db.slot[at] = key;
}

#ifdef GATEWAY
/* Another has the name, and the PN GW holds no key that the Server takes: under a fresh one it has rows of its own. */
inline freshName() {
#ifndef BROKEN_oneName
	if
	:: foreign(0) && (held == 0 || held != db.committed) ->
		clearSlots(true);
		db.committed = 0; db.owner = 0; db.origin = 0; db.highest = 0;
		for (i : 1 .. KEYS) { claimed[i] = false; presented[i] = false }
		excuse(true)
	:: else
	fi
#else
	skip
#endif
}
#endif

inline make(maker, at, kind) {
	keys++;
	keyIdentity[keys] = maker; keySlot[keys] = at; keyOrigin[keys] = kind;
}

inline commit(key, who) {
	assertion_noOlderKey(key);
	db.committed = key; db.owner = who; db.origin = keyOrigin[key];
	if
	:: key > db.highest -> db.highest = key
	:: else
	fi;
#ifdef BROKEN_olderWait
	clearSlots(db.slot[i] == key);
#else
	clearSlots(db.slot[i] <= key);
#endif
	assertion_possession(key);
	assertion_heldByEntity(key);
}

byte i, n, w, k;   /* of one step only */

/* What holds after every step. */
inline invariants() {
	i = 0; n = 0; w = 0; k = 0;
#ifdef PROPERTY_ownerProved
	/* Whom the rows call the owner has proven a password for this very key, not only someone of his name. */
	assert(db.committed == 0 || effective == 0 || effective == keyIdentity[db.committed]);
#endif
#ifdef PROPERTY_noKeyOfNobody
	assert(db.committed == 0 || exists(keyIdentity[db.committed]));
#endif
#ifdef PROPERTY_deliveredKeyStays
	/* What the entity has and has not confirmed yet can be confirmed, whatever others do. */
	assert(staged == 0 || restored || excused || (waits(staged) && mayOwn(staged)) ||
		db.committed == staged || wasReset);
#endif
#ifdef PROPERTY_joined
	assert(!(held != 0 && held == db.committed));
#endif
#ifdef PROPERTY_replaced
	assert(!(held != 0 && held == db.committed && db.origin == TEMPORARY));
#endif
	skip
}

inline choose(variable, least, most) {
	variable = least;
	do
	:: variable < most -> variable++
	:: break
	od
}

active proctype world() {
	db.identityOf[0] = ALICE; db.identityOf[1] = MALLORY;
	do
	/* The name of who was removed is registered by somebody else. */
	:: db.identityOf[0] == 0 -> atomic { db.identityOf[0] = LATER }

	/* Removal: the user, his keys and those that wait. */
	:: atomic {
		choose(n, 0, NAMES - 1);
		if
		:: db.identityOf[n] != 0 ->
			if
			:: db.committed != 0 && db.owner == ownerOf(n) -> clearRow()
			:: else
			fi;
			clearSlots(keyIdentity[db.slot[i]] == db.identityOf[n]);
			if
			:: staged != 0 && keyIdentity[staged] == db.identityOf[n] -> excuse(true)
			:: else
			fi;
			db.identityOf[n] = 0
		:: else
		fi;
		invariants() }

	/* A password is proven for this entity, by itself or by somebody else: first transaction. */
	:: provenBy == 0 -> atomic {
		choose(w, 0, SLOTS - 1);
		if
		:: db.identityOf[userAt(w)] != 0 ->
			provenBy = db.identityOf[userAt(w)]; provenAt = w;
		:: else
		fi;
		invariants() }

	/* The second one stages a new key and delivers it, which may be lost. */
	:: provenBy != 0 && keys < KEYS -> atomic {
#ifdef GATEWAY
		if
		:: provenBy == ALICE && stillUser -> freshName()
		:: else
		fi;
#ifdef PROPERTY_ownerGetsIn
		assert(!(provenBy == ALICE && stillUser && foreign(0)));
#endif
#endif
		if
		:: !foreign(userAt(provenAt)) && stillUser ->
			make(provenBy, provenAt, PASSWORD);
			put(keys, provenAt);
			if
			:: provenBy == ALICE -> deliver(keys)
			:: skip
			fi
		:: else
		fi;
		provenBy = 0; provenAt = 0;
		invariants() }

	/* A confirmation at the Server, now or again; the acknowledgement may be lost. */
	:: atomic {
		choose(k, 1, KEYS);
		if
		:: provenByEntity(k) && waits(k) && mayOwn(k) && newEnough(k) ->
			commit(k, ownerWith(k));
			acknowledge(k)
		:: claimed[k] && db.committed == k -> acknowledge(k)
		:: else
		fi;
		invariants() }

	/* Its owner lets the entity go at the Server. */
	:: db.committed != 0 -> atomic {
		if
		:: staged != 0 -> excuse(true)
		:: else
		fi;
		clearSlots(true);
		clearRow();
		invariants() }

	/* Nobody confirms for a day: what has waited longest goes first. */
	:: atomic {
		choose(w, 0, SLOTS - 1);
		if
		:: db.slot[w] != 0 && oldestWaits(db.slot[w]) ->
			if
			:: db.slot[w] == staged -> excuse(true)
			:: else
			fi;
			db.slot[w] = 0
		:: else
		fi;
		invariants() }

	/* Factory reset. */
	:: held != 0 || staged != 0 -> atomic { staged = 0; held = 0; rotated = 0; db.released = 0;
		reset;
		invariants() }

#ifdef GATEWAY
	/* A new bootstrapping, which the PN GW stages and presents; the Server takes what was ever presented. */
	:: keys < KEYS && db.identityOf[0] == ALICE -> atomic {
		freshName();
#ifdef PROPERTY_ownerGetsIn
		assert(!foreign(0));
#endif
		make(ALICE, 0, GBA);
		staged = keys; excuse(true);
		presented[keys] = true }
	:: atomic {
		choose(k, 1, KEYS);
		if
		:: presented[k] && db.committed == k -> acknowledge(k)
		:: presented[k] && db.committed != k && !foreign(nameOf(k)) && newerBootstrapping(k) && subscriberExists(k) ->
			commit(k, ownerOf(nameOf(k)));
			acknowledge(k)
		:: else
		fi;
		invariants() }
#else
	/* TK' is let out for a key that waits at this PN GW, which knows it and gives it to the entity. */
	:: atomic {
		choose(w, 0, SLOTS - 1);
		if
		:: db.slot[w] != 0 && mayRelease(w) && mayBeTold(w) ->
			db.released = w + 1;
			keyOrigin[db.slot[w]] = ESCROW;
			deliver(db.slot[w])
		:: else
		fi;
		invariants() }
	/* Replacement of an escrowed key: asked for by the entity alone; the same request gets the same answer. */
	:: keys < KEYS && held != 0 && db.committed == held && db.origin == ESCROW && rotated != held -> atomic {
		make(keyIdentity[held], keySlot[held], TEMPORARY);
		put(keys, keySlot[held]);
		rotated = held;
		if
		:: deliver(keys)
		:: skip
		fi;
		invariants() }
#endif

	/* A copy of the database, and its return. */
#ifdef RESTORE
	:: !backedUp -> atomic {
		for (i : 0 .. NAMES - 1) { backup.identityOf[i] = db.identityOf[i] }
		for (i : 0 .. SLOTS - 1) { backup.slot[i] = db.slot[i] }
		backup.committed = db.committed; backup.owner = db.owner; backup.origin = db.origin;
		backup.highest = db.highest; backup.released = db.released;
		backedUp = true;
		invariants() }
	:: backedUp && !restored -> atomic {
		for (i : 0 .. NAMES - 1) { db.identityOf[i] = backup.identityOf[i] }
		for (i : 0 .. SLOTS - 1) { db.slot[i] = backup.slot[i] }
		db.committed = backup.committed; db.owner = backup.owner; db.origin = backup.origin;
		db.highest = backup.highest; db.released = backup.released; provenBy = 0; provenAt = 0;
		restored = true;
		invariants() }
#endif
	od
}
