/*
 * Whose a network is (docs/PROTOCOL.md 2, adr/0017): the Server's rows of one PN at the PN GW of User 1, whose own devices
 * may join there and those of the Users whom he lets in. Each request of the PN GW is one transaction, in any order; a proof
 * comes at any time after its offer, or never. That a device proves itself is comingBack.pv's; that it was asked and its
 * person said yes is what the device itself says in what it proves. PROPERTY_name chooses what is checked, BROKEN_name
 * takes one rule away.
 */
#define DEVICES 4
#define USERS 4     /* 1 to 3; 1 is the PN GW's owner */

byte owner[DEVICES];
bool letIn[USERS];

/* The PN: whose it is, who is in it, who has been offered a proof. */
bool stands;
byte starter;
bool inside[DEVICES];
#define BY_ITSELF 1
#define ASKED 2
byte wants[DEVICES];
/* Somebody in it was asked and said yes. */
bool asked;

byte d, i;
#define mayJoin(one) (owner[one] == 1 || letIn[owner[one]])

/* Of the User to whom everybody else in it belongs. */
#define other(i, one) (inside[i] && owner[i] != owner[one])
#define allHis(one) (!other(0, one) && !other(1, one) && !other(2, one) && !other(3, one))
#define his(one) (owner[one] == starter || allHis(one))

#ifdef BROKEN_anybody
	#define mayAsk(one) true
	#define mayEnter(one) mayJoin(one)
#else
	#define mayAsk(one) his(one)
	#ifdef BROKEN_askedOnce
		#define mayEnter(one) mayJoin(one)
	#else
		#ifdef BROKEN_letInBefore
			#define mayEnter(one) (wants[one] == ASKED || his(one))
		#else
			#define mayEnter(one) (mayJoin(one) && (wants[one] == ASKED || his(one)))
		#endif
	#endif
#endif
#ifdef BROKEN_letInBefore
	#define mayBeOffered(one) mayJoin(one)
#else
	#define mayBeOffered(one) true
#endif

inline ofOneUser() {
#ifdef PROPERTY_ofOneUser
	for (i : 0 .. DEVICES - 1) { assert(asked || !inside[i] || allHis(i)) }
#endif
#ifdef PROPERTY_guests
	assert(!(inside[0] && inside[2] && inside[3]));
#endif
	i = 0
}

inline enters(one) {
#ifdef PROPERTY_onlyHis
	assert(wants[one] != BY_ITSELF || his(one));
#endif
#ifdef PROPERTY_letIn
	assert(mayJoin(one));
#endif
#ifdef PROPERTY_hisAlone
	assert(!(wants[one] == BY_ITSELF && owner[one] != starter));
#endif
	asked = asked || wants[one] == ASKED;
	inside[one] = true; wants[one] = 0;
	ofOneUser()
}

inline leaves(one) {
	inside[one] = false;
	if
	:: !inside[0] && !inside[1] && !inside[2] && !inside[3] -> stands = false; starter = 0; asked = false
	:: else
	fi
}

active proctype world() {
	owner[0] = 1; owner[1] = 1; owner[2] = 2; owner[3] = 3;
	do
	:: atomic { select(d : 2 .. 3); letIn[d] = !letIn[d]; d = 0 }

	/* A device starts it, or the PN GW's person, who asks one. What was offered before is gone with the first proof. */
	:: !stands -> atomic {
		select(d : 0 .. 3);
		if
		:: mayJoin(d) ->
			stands = true; inside[d] = true;
			wants[0] = 0; wants[1] = 0; wants[2] = 0; wants[3] = 0;
			if
			:: starter = owner[d]
			:: starter = 1; asked = true
			fi;
			ofOneUser()
		:: else
		fi; d = 0 }

	/* PNRegistrationRequest for the PN that stands: of one that comes by itself, or that was asked. */
	:: stands -> atomic {
		select(d : 0 .. 3);
		if
		:: !inside[d] && mayBeOffered(d) && mayAsk(d) -> wants[d] = BY_ITSELF
		:: !inside[d] && mayBeOffered(d) -> wants[d] = ASKED
		:: else
		fi; d = 0 }

	/* Its hash; one try. */
	:: stands -> atomic {
		select(d : 0 .. 3);
		if
		:: wants[d] != 0 && mayEnter(d) -> enters(d)
		:: else -> wants[d] = 0
		fi; d = 0 }

	:: stands -> atomic {
		select(d : 0 .. 3);
		if
		:: inside[d] -> leaves(d)
		:: else
		fi; d = 0 }

	/* One that was another's by name only, and is now of who has shown that he holds it. */
	:: atomic {
		select(i : 1 .. 3); owner[3] = i; i = 0;
#ifndef BROKEN_staysInside
		if
		:: inside[3] -> leaves(3)
		:: else
		fi;
#endif
		ofOneUser() }
	od
}
