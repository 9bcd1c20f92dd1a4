/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A leaf with permission to write and D. A thread takes the permission away and
 * flushes; another reports and clears D and flushes; the IOMMU caches the leaf,
 * sets D by an atomic update when it writes for the first time, and writes the
 * page.
 *
 * A cached leaf with D set is written through without another update, so a
 * write after D was cleared is only known after the flush.
 *
 * Wrong: a write after protect has flushed; at the end, a write of which no D
 * tells, in the leaf or reported.
 *
 * Models: src/pagetable/protect.c hvpt_protect_leaf
 * Models: src/pagetable/dirty.c hvpt_dirty_clear
 * Models: src/domain/sync.c hvpt_domain_sync
 * Reached: PROBE
 * Weakened: STORE_PROTECT stores what it computed from a load
 * Weakened: STORE_CLEAR stores what it computed from a load
 * Weakened: STORE_DIRTY the IOMMU sets D by a load and a store
 * Weakened: CLEAR_NO_FLUSH after D was cleared
 * Weakened: PROTECT_NO_FLUSH after the permission was taken away
 * Weakened: NO_WAIT the flush does not wait for what is in flight
 */
#define WRITES 3

bool w = true, d;	   /* the leaf */
bool cached, cached_d;	   /* what the IOMMU holds of it */
bool inflight;
bool protected;
bool untold; /* a write since the last flush that followed a clear */
bool told;   /* the report says so */
byte returned;

inline flush()
{
	atomic {
		!inflight;
		cached = false;
		cached_d = false
	}
}

proctype iommu()
{
	byte writes;
	bool may, lw, ld;

	do
	:: writes < WRITES ->
		writes++;
#ifndef NO_WAIT
		inflight = true;
#endif
		may = cached && cached_d;
		if
		:: may
		:: else ->
#ifdef STORE_DIRTY
			lw = w;
			if
			:: lw -> d_step { w = lw; d = true }; may = true
			:: else
			fi;
#else
			d_step {
				if
				:: w -> d = true; may = true
				:: else
				fi
			};
#endif
			if
			:: may -> d_step { cached = true; cached_d = true }
			:: else
			fi
		fi;
		if
		:: may -> assert(!protected); untold = true
		:: else
		fi;
		d_step { may = false; lw = false; ld = false; inflight = false }
	:: break
	od;
	returned++
}

proctype protect()
{
	bool lw, ld;

#ifdef STORE_PROTECT
	d_step { lw = w; ld = d };
	d_step { w = false; d = ld };
#else
	w = false; /* compare-and-swap until it succeeds: D stays as it is */
#endif
#ifndef PROTECT_NO_FLUSH
	flush();
#endif
	protected = true;
	returned++
}

proctype read_dirty()
{
	bool lw, ld;

#ifdef STORE_CLEAR
	d_step { lw = w; ld = d };
	d_step { w = lw; d = false };
#else
	d_step { ld = d; d = false };
#endif
	/* a write before the flush ends is told by what was found, or by D */
	if
	:: ld ->
#ifndef CLEAR_NO_FLUSH
		flush();
#endif
		d_step { told = true; untold = false }
	:: else
	fi;
	returned++
}

init {
	atomic {
		run iommu();
		run protect();
		run read_dirty()
	};
	returned == 3;
	assert(!untold || d);
	assert(!w);
#ifdef PROBE
	assert(!told)
#endif
}
