/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A large leaf of two pages. Thread A unmaps page 0, thread B page 1: each
 * splits the leaf if it meets it, flushes, and gives its page another use. The
 * IOMMU may hold the large leaf as one entry, which only a descriptor that
 * covers both pages takes away, and may hold each page.
 *
 * Whoever splits counts before, flushes both pages, and lowers the count after.
 * A thread that meets the table and a count flushes both pages too.
 *
 * Wrong: the IOMMU uses a page that has another use.
 *
 * Models: src/pagetable/split.c hvpt_split_install
 * Models: src/domain/sync.c hvpt_domain_flush
 * Models: src/pagetable/pages.c hvpt_pt_release
 * Reached: PROBE
 * Weakened: NO_COUNT nobody counts splits
 * Weakened: COUNT_LATE after the table is installed
 * Weakened: LOWER_EARLY before the flush
 * Weakened: NARROW the splitter flushes its own page only
 * Weakened: STORE_INSTALL by a store in place of compare-and-swap
 * Weakened: NO_WAIT the flush does not wait for what is in flight
 */
#define WALKS 3

bool table;      /* the slot holds a table; else the large leaf */
bool leaf[2] = true;
byte splits;
bool elsewhere[2];
bool large;      /* the IOTLB holds the large leaf */
bool small[2];   /* the IOTLB holds a page */
bool inflight;
byte returned;

proctype iommu()
{
	byte walks;
	bit page;
	bool found;

	do
	:: walks < WALKS ->
		walks++;
#ifndef NO_WAIT
		inflight = true;
#endif
		if
		:: page = 0
		:: page = 1
		fi;
		found = false;
		if
		:: large || small[page] -> found = true
		:: true ->
			if
			:: !table -> found = true; large = true
			:: else ->
				if
				:: leaf[page] -> found = true; small[page] = true
				:: else
				fi
			fi
		fi;
		assert(!found || !elsewhere[page]);
		d_step {
			found = false;
			page = 0;
			inflight = false
		}
	:: break
	od
}

inline flush(first, last)
{
	atomic {
		!inflight;
		if
		:: first == 0 -> small[0] = false
		:: else
		fi;
		if
		:: last == 1 -> small[1] = false
		:: else
		fi;
		if
		:: first == 0 && last == 1 -> large = false
		:: else
		fi
	}
}

inline raise()
{
#ifndef NO_COUNT
	splits++
#else
	skip
#endif
}

inline lower()
{
#ifndef NO_COUNT
	splits--
#else
	skip
#endif
}

proctype unmap(bit page)
{
	bool mine;

	if
	:: !table ->
#ifndef COUNT_LATE
		raise();
#endif
#ifdef STORE_INSTALL
		table = true;
		d_step { leaf[0] = true; leaf[1] = true };
		mine = true;
#else
		d_step {
			if
			:: !table -> table = true; mine = true
			:: else
			fi
		};
#endif
#ifdef COUNT_LATE
		raise();
#endif
		if
		:: !mine -> lower()
		:: else
		fi
	:: else
	fi;
	leaf[page] = false;
	if
	:: mine ->
#ifdef LOWER_EARLY
		lower();
#endif
#ifdef NARROW
		flush(page, page);
#else
		flush(0, 1);
#endif
#ifndef LOWER_EARLY
		lower()
#endif
	:: else ->
		if
		:: splits > 0 -> flush(0, 1)
		:: else -> flush(page, page)
		fi
	fi;
	elsewhere[page] = true;
	d_step { mine = false; returned++ }
}

init {
	atomic {
		run iommu();
		run unmap(0);
		run unmap(1)
	};
	returned == 2;
	assert(splits == 0);
#ifdef PROBE
	assert(false)
#endif
}
