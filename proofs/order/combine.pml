/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Callers unmap, and flush with each other's help: one makes the call, those
 * that ask meanwhile wait, and the newest of them makes one call for all.
 *
 * A call reads its list while it is made: it flushes what the request of each
 * caller in the list asks for. Some calls fail.
 *
 * Wrong: a caller that was told of success uses its page again while it is
 * cached; two make a call at once; a caller waits for ever (a deadlock); a
 * caller touches a request that is gone; a caller is told of success after a
 * call that failed.
 *
 * Models: src/domain/combine.c hvpt_request_enter
 * Models: src/domain/combine.c hvpt_request_pass
 * Models: src/domain/combine.c hvpt_request_lead
 * Models: src/domain/combine.c hvpt_request_flush
 * Reached: PROBE
 * Weakened: RIDE_IN_FLIGHT with the call that is in flight already
 * Weakened: ENTER_SPLIT the word is read and written in two steps
 * Weakened: PASS_SPLIT the queue is seen empty and closed in two steps
 * Weakened: NEXT_LATE a request is told before the one behind it is read
 * Weakened: NO_PASS the last call leaves with a queue behind it
 * Weakened: STATUS_OF_OWN a failure is told to the caller of the call only
 */
#define CALLERS 4
#define NONE 0
#define NO_WAITER 255
#define WAITS 0
#define LEADS 1
#define DONE 2

byte flushing;		    /* 0, NO_WAITER, or the newest: 1 .. CALLERS */
byte next[CALLERS + 1];	    /* of a request; NONE: it is the last */
byte word[CALLERS + 1];
bool failed[CALLERS + 1];
bool there[CALLERS + 1];    /* the request is on its caller's stack */
bool cached[CALLERS + 1];   /* the page of a caller */
byte calls;		    /* in flight */
byte returned;

/* What a call does: begin, then the list, then the answer. */
inline call(first)
{
	atomic {
		calls++;
		assert(calls == 1);
		at = first
	}
	do
	:: atomic { at != NONE ->
		assert(there[at]);
		list[at] = true;
		at = next[at]
	   }
	:: at == NONE -> break
	od;
	if
	:: bad = true
	:: atomic {
			bad = false;
			at = 1;
			do
			:: at > CALLERS -> break
			:: else ->
				if
				:: list[at] -> cached[at] = false
				:: else
				fi;
				at++
			od;
			at = 0
		}
	fi;
	calls--
}

proctype caller(byte me)
{
	byte newest, at, after;
	bool bad, leads;
	bool list[CALLERS + 1];

	/* its page was unmapped, and is still cached */
	atomic {
		cached[me] = true;
		there[me] = true;
		newest = flushing
	}
	do
	:: next[me] = (newest == 0 || newest == NO_WAITER -> NONE : newest);
#ifdef RIDE_IN_FLIGHT
	   if
	   :: newest != 0 -> goto out
	   :: else
	   fi;
#endif
#ifdef ENTER_SPLIT
	   if
	   :: flushing == newest ->
		flushing = (newest == 0 -> NO_WAITER : me); break
	   :: else -> newest = flushing
	   fi
#else
	   atomic {
		if
		:: flushing == newest ->
			flushing = (newest == 0 -> NO_WAITER : me); break
		:: else -> newest = flushing
		fi
	   }
#endif
	od;
	leads = (newest == 0);
	if
	:: !leads ->
		word[me] != WAITS;
		leads = (word[me] == LEADS)
	:: else
	fi;
	if
	:: leads ->
		call(me);
#ifndef STATUS_OF_OWN
		failed[me] = bad;
#endif
		/* pass */
#ifdef NO_PASS
		flushing = 0;
#else
#ifdef PASS_SPLIT
		newest = flushing;
		if
		:: newest == NO_WAITER -> flushing = 0
		:: else -> flushing = NO_WAITER; word[newest] = LEADS
		fi;
#else
		atomic {
			newest = flushing;
			flushing = (newest == NO_WAITER -> 0 : NO_WAITER)
		}
		if
		:: newest != NO_WAITER ->
			assert(there[newest]);
			word[newest] = LEADS
		:: else
		fi;
#endif
#endif
		/* tell */
		at = next[me];
		do
		:: at == NONE -> break
		:: else ->
			assert(there[at]);
#ifdef NEXT_LATE
			failed[at] = bad;
			word[at] = DONE;
			assert(there[at]);
			after = next[at];
#else
			after = next[at];
#ifndef STATUS_OF_OWN
			failed[at] = bad;
#endif
			word[at] = DONE;
#endif
			at = after
		od
#ifdef STATUS_OF_OWN
		;
		failed[me] = bad
#endif
	:: else -> assert(word[me] == DONE)
	fi;
#ifdef RIDE_IN_FLIGHT
out:
#endif
	/* the page gets another use */
	atomic {
		assert(failed[me] || !cached[me]);
		there[me] = false;
		newest = 0;
		at = 0;
		after = 0;
		returned++
	}
#ifdef PROBE
	assert(returned < CALLERS)
#endif
}

/* Nobody waits for ever. */
active proctype watch()
{
	timeout -> assert(returned == CALLERS)
}

init {
	atomic {
		run caller(1);
		run caller(2);
		run caller(3);
		run caller(4)
	}
}
