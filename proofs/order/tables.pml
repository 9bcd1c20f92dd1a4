/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Two threads map below one upper entry, each a page of its own, and install
 * the table between in a race. The first unmaps its page and gives it another
 * use. When both have returned, the owner of the whole range takes the table
 * out, and frees it.
 *
 * The IOMMU has a paging-structure cache of the upper entry and an IOTLB. It
 * fills them when it walks and uses them whenever it likes. A flush empties
 * both, and waits for what is in flight.
 *
 * Wrong: the IOMMU reads a table that was freed, or uses a page that has another
 * use; a thread writes a table that was freed; a mapping is lost.
 *
 * Models: src/pagetable/pages.c hvpt_table_install
 * Models: src/pagetable/reclaim.c hvpt_sweep_table
 * Models: src/domain/sync.c hvpt_domain_sync
 * Models: src/pagetable/pages.c hvpt_pt_release
 * Reached: PROBE
 * Weakened: STORE_INSTALL by a store in place of compare-and-swap
 * Weakened: NO_FLUSH before the page and the table are given away
 * Weakened: FREE_FIRST the table, before the flush
 * Weakened: LEAF_ONLY the flush keeps the paging-structure cache
 * Weakened: NO_WAIT the flush does not wait for what is in flight
 * Weakened: FLUSH_FIRST before the entry is cleared
 * Weakened: SHARED the table is taken out while the other thread uses it
 */
#define TABLES 3
#define WALKS 3

typedef table {
	byte leaf[2] /* of each thread: 0, or its page is mapped */
}

byte upper; /* a table; 0: none */
table tables[TABLES];
bool freed[TABLES];
bool elsewhere; /* the page of thread 0 has another use */
bool returned[2];
byte psc;     /* the table that the IOMMU has cached; 0: none */
bool iotlb;   /* it has cached the page of thread 0 */
bool inflight;

inline walk()
{
	at = psc;
	if
	:: at == 0 -> at = upper
	:: else
	fi;
	if
	:: at != 0 ->
		psc = at;
		assert(!freed[at]);
		page = tables[at].leaf[0]
	:: else
	fi
}

proctype iommu()
{
	byte at, page, walks;

	do
	:: walks < WALKS ->
		walks++;
#ifndef NO_WAIT
		inflight = true;
#endif
		page = 0;
		if
		:: iotlb -> page = 1
		:: walk()
		fi;
		if
		:: page -> iotlb = true
		:: else
		fi;
		assert(!page || !elsewhere);
		d_step {
			at = 0;
			page = 0;
			inflight = false
		}
	:: break
	od
}

inline flush()
{
	atomic {
		!inflight;
#ifndef LEAF_ONLY
		psc = 0;
#endif
		iotlb = false
	}
}

inline install(own)
{
	at = upper;
	if
	:: at != 0
	:: else ->
#ifdef STORE_INSTALL
		upper = own;
		at = own
#else
		d_step {
			if
			:: upper == 0 -> upper = own
			:: else
			fi;
			at = upper
		}
#endif
	fi
}

inline map(i)
{
	install(i + 1);
	assert(!freed[at]);
	tables[at].leaf[i] = 1;
	assert(upper == at)
}

proctype unmapper()
{
	byte at;

	map(0);
#ifdef FLUSH_FIRST
	flush();
#endif
	tables[at].leaf[0] = 0;
#if !defined(NO_FLUSH) && !defined(FLUSH_FIRST)
	flush();
#endif
	elsewhere = true;
	returned[0] = true
}

proctype mapper()
{
	byte at;

	map(1);
	returned[1] = true
}

proctype owner()
{
	byte at;

#ifdef SHARED
	returned[0];
#else
	returned[0] && returned[1];
#endif
	at = upper;
	upper = 0;
#ifdef FREE_FIRST
	freed[at] = true;
#endif
#ifndef NO_FLUSH
	flush();
#endif
	freed[at] = true;
#ifdef PROBE
	assert(false)
#endif
}

init {
	atomic {
		run iommu();
		run unmapper();
		run mapper();
		run owner()
	}
}
