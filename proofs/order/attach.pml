/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A device is attached to a domain, walks, and is detached, again and again. A
 * thread unmaps a page, flushes unless nothing can be cached, and gives the page
 * another use. Then it destroys the domain, which must have no device.
 *
 * Stores go through a store buffer of one store, which a fence waits for.
 *
 * Wrong: the device uses the page when it has another use, or walks in a domain
 * that is gone.
 *
 * Models: src/domain/device.c hvpt_device_place
 * Models: src/domain/device.c hvpt_domain_leave
 * Models: src/domain/sync.c hvpt_domain_flush
 * Models: include/hvpt/gather.h hvpt_gather_publish
 * Reached: PROBE
 * Weakened: UNMAP_NO_FENCE between the entry and the question
 * Weakened: ATTACH_NO_FENCE between the flag and the attach
 * Weakened: FLAG_LATE after the attach
 * Weakened: CLEAR_EARLY the flag, before the flush of the last detach
 * Weakened: CLEAR_ATTACHED the flag, before the device has left
 * Weakened: NO_WAIT the flush does not wait for what is in flight
 * Weakened: DESTROY_ATTACHED a domain that has a device
 */
#define MOVES 2
#define WALKS 3

bool pte = true;
bool cached;	  /* an IOMMU may have cached something */
bool in_domain;	  /* the hypervisor lets the device walk */
bool iotlb;
bool inflight;
bool elsewhere;
bool gone;
bool lock;	  /* of attach, detach and destroy */
/* Store buffers of the two threads: a store that nobody else sees yet. */
bool unmap_buffered;
bool flag_buffered;

inline take() { atomic { !lock -> lock = true } }

inline give() { lock = false }

inline flush()
{
	atomic {
		!inflight;
		iotlb = false
	}
}

/* Buffered stores reach memory at any time. */
active proctype buffers()
{
end:	do
	:: d_step { unmap_buffered -> unmap_buffered = false; pte = false }
	:: d_step { flag_buffered -> flag_buffered = false; cached = true }
	od
}

active proctype iommu()
{
	byte walks;
	bool found;

end:	do
	:: atomic { walks < WALKS && in_domain ->
		walks++;
#ifndef NO_WAIT
		inflight = true
#endif
	   }
		assert(!gone);
		found = iotlb || pte;
		iotlb = found;
		assert(!found || !elsewhere);
		d_step { found = false; inflight = false }
	od
}

active proctype mover()
{
	byte moves;

	do
	:: moves < MOVES && !gone ->
		moves++;
		take();
		if
		:: gone -> give(); break
		:: else
		fi;
#ifndef FLAG_LATE
		flag_buffered = true;
#ifndef ATTACH_NO_FENCE
		!flag_buffered;
#endif
#endif
		in_domain = true;
#ifdef FLAG_LATE
		flag_buffered = true;
		!flag_buffered;
#endif
		give();
		take();
		/* a locked operation of the lock drains the buffer */
		!flag_buffered;
#ifdef CLEAR_ATTACHED
		flush();
		cached = false;
		in_domain = false;
#else
		in_domain = false;
#ifdef CLEAR_EARLY
		cached = false;
		flush();
#else
		flush();
		cached = false;
#endif
#endif
		give()
	:: break
	od
}

active proctype unmapper()
{
	unmap_buffered = true;
#ifndef UNMAP_NO_FENCE
	!unmap_buffered;
#endif
	if
	:: cached -> !unmap_buffered; flush()
	:: else
	fi;
	elsewhere = true;
	take();
#ifndef DESTROY_ATTACHED
	if
	:: !in_domain -> gone = true
	:: else
	fi;
#else
	gone = true;
#endif
	give();
#ifdef PROBE
	assert(!gone)
#endif
}
