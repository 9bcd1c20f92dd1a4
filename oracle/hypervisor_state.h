/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hypervisor_state.h - what the parts of the model hypervisor share.
 *
 * Functions here are called under the lock, but for memory and maps.
 */
#ifndef ORACLE_HYPERVISOR_STATE_H
#define ORACLE_HYPERVISOR_STATE_H

#include "hypervisor.h"
#include "hypervisor_ptes.h"
#include "hypervisor_tree.h"
#include "sdm_walk.h"

#include <pthread.h>
#include <string.h>

/* ---- memory and maps (hypervisor_map.c) ------------------------------ */

/** Says why on stderr and aborts: the test is wrong, not the guest. */
_Noreturn void hypervisor_die(const char *what);

/** Zeroed memory; never NULL. */
void *hypervisor_alloc(size_t bytes);

/** An array of larger room; never NULL. @room counts elements. */
void *hypervisor_grow(void *array, size_t *room, size_t element);

/** Items by number, in order. All zero is an empty map. */
struct hypervisor_map {
	struct hypervisor_slot {
		uint64_t key;
		void *item;
	} * at;
	size_t count;
	size_t room;
};

/** NULL when there is none. */
void *hypervisor_map_find(const struct hypervisor_map *map, uint64_t key);

/** @item replaces what is there for @key. */
void hypervisor_map_put(struct hypervisor_map *map, uint64_t key, void *item);

/** Takes an item out; NULL when there is none. */
void *hypervisor_map_take(struct hypervisor_map *map, uint64_t key);

/* ---- caches of one domain (hypervisor_cache.c) ----------------------- */

#define HYPERVISOR_LEVELS 5u

/** A list that grows. All zero is an empty one; free @at. */
struct hypervisor_pieces {
	struct hypervisor_piece *at;
	size_t count;
	size_t room;
};

/**
 * struct hypervisor_near - what the last lookup found above the PTEs
 * @known: it holds for all of the 2 MiB, and nothing changed since
 * @first: of the 2 MiB
 * @above: the pieces
 */
struct hypervisor_near {
	bool known;
	uint64_t first;
	struct hypervisor_pieces above;
};

/**
 * struct hypervisor_cache - the IOTLB and the paging-structure caches
 * @ptes: PTEs
 * @entries: pieces of larger entries, by the level of the entry; [0] is empty
 * @tables: those that point at a table, by its gpa
 * @near: of @entries
 */
struct hypervisor_cache {
	struct hypervisor_ptes ptes;
	struct hypervisor_tree entries[HYPERVISOR_LEVELS];
	struct hypervisor_tree tables;
	struct hypervisor_near near;
};

static inline void hypervisor_pieces_add(struct hypervisor_pieces *list,
					 const struct hypervisor_piece *piece)
{
	if (list->count == list->room)
		list->at = hypervisor_grow(list->at, &list->room,
					   sizeof(*list->at));
	list->at[list->count++] = *piece;
}

/** The whole of the entry of @level that a walk to @iova meets. */
static inline struct hypervisor_piece hypervisor_piece_of(uint64_t iova,
							  unsigned level)
{
	uint64_t offset = (UINT64_C(1) << (12 + 9 * level)) - 1;
	struct hypervisor_piece piece = {
		.first = iova & ~offset,
		.last = iova | offset,
		.level = level,
	};

	return piece;
}

/** Caches a whole entry. */
void hypervisor_cache_add(struct hypervisor_cache *cache,
			  const struct hypervisor_piece *piece);

/** Adds all that hold for @iova to @list. */
void hypervisor_cache_at(struct hypervisor_cache *cache, uint64_t iova,
			 struct hypervisor_pieces *list);

/** What @iotlb says is dropped for first .. last, and nothing else. */
void hypervisor_cache_flush(struct hypervisor_cache *cache,
			    enum hypervisor_iotlb iotlb, uint64_t first,
			    uint64_t last);

void hypervisor_cache_clear(struct hypervisor_cache *cache);

/** Does anything cached still lead to the table at @gpa? */
bool hypervisor_cache_leads_to(const struct hypervisor_cache *cache,
			       uint64_t gpa);

size_t hypervisor_cache_count(const struct hypervisor_cache *cache);

/* ---- domains and devices (hypervisor_devices.c) ---------------------- */

enum hypervisor_kind {
	HYPERVISOR_BLANK, /* created, not configured */
	HYPERVISOR_IDENTITY,
	HYPERVISOR_BLOCKED,
	HYPERVISOR_PAGING,
};

/**
 * struct hypervisor_domain - one stage-1 device domain
 * @root, @levels: of the tables, when paging
 * @owner: who configured it last
 * @devices: how many are attached
 */
struct hypervisor_domain {
	uint32_t id;
	enum hypervisor_kind kind;
	uint64_t root;
	unsigned levels;
	uint32_t owner;
	size_t devices;
	struct hypervisor_cache cache;
};

/**
 * struct hypervisor_device - one logical device
 * @domain: where it is; NULL: nowhere
 * @detached: it is nowhere because it was taken out: DMA faults
 * @detach_in: after so many calls it will be taken out; 0: it will not
 * @gone: the host took it away; calls do not find it, but it is in its domain
 * @claimed: the owner of now knows it
 */
struct hypervisor_device {
	struct hypervisor_domain *domain;
	bool detached;
	unsigned detach_in;
	bool managed;
	bool ats;
	bool gone;
	bool claimed;
};

struct hypervisor_domain *hypervisor_domain_of(struct hypervisor *hv,
					       uint32_t id);

/** NULL: there is none, or the host took it away. */
struct hypervisor_device *hypervisor_device_of(struct hypervisor *hv,
					       uint64_t id);

/**
 * Puts a device into a domain, or into none; nothing is flushed. A detach
 * that was to come does not.
 */
void hypervisor_move(struct hypervisor_device *device,
		     struct hypervisor_domain *domain);

/** Takes a device out of its domain, flushes that, and blocks DMA. */
void hypervisor_detach(struct hypervisor_device *device);

/** A call was made: detaches that were delayed may be due. */
void hypervisor_detach_due(struct hypervisor *hv);

/** The domain and its cache are gone; no device is in it. */
void hypervisor_drop_domain(struct hypervisor *hv,
			    struct hypervisor_domain *domain);

void hypervisor_drop_all(struct hypervisor *hv);

/**
 * hypervisor_walker_of() - the walker of a domain's tables
 *
 * A table of so many levels translates no more bits, whatever the capability
 * says; a width that does not reach beyond one page is answered with 0: every
 * DMA faults.
 */
struct sdm_walker hypervisor_walker_of(const struct hypervisor *hv,
				       const struct hypervisor_domain *domain);

/* ---- hypercalls ------------------------------------------------------ */

/**
 * struct hypervisor_frame - a hypercall whose form is right
 * @in: the input, as long as the call says
 * @out: the output, NULL when there is none
 * @start: first element to do
 * @stop: do the elements before this one
 * @done: out: elements done, counted from element 0
 */
struct hypervisor_frame {
	const uint8_t *in;
	uint8_t *out;
	unsigned start;
	unsigned stop;
	unsigned done;
};

/**
 * struct hypervisor_known - one hypercall of the model
 * @run: checks the fields and does it; returns a status
 * @input: bytes of the input, without elements
 * @element: bytes of each element; 0: it is not a rep call
 * @output: bytes of the output
 */
struct hypervisor_known {
	const char *name;
	uint16_t (*run)(struct hypervisor *hv, struct hypervisor_frame *frame);
	uint16_t code;
	uint16_t input;
	uint16_t element;
	uint16_t output;
};

#define HYPERVISOR_KNOWN 9u

/** By index, in order of the code (hypervisor_calls.c). */
extern const struct hypervisor_known hypervisor_known[HYPERVISOR_KNOWN];

/** Calls for devices (hypervisor_device_calls.c). */
uint16_t hypervisor_attach(struct hypervisor *hv,
			   struct hypervisor_frame *frame);
uint16_t hypervisor_detach_device(struct hypervisor *hv,
				  struct hypervisor_frame *frame);
uint16_t hypervisor_get_property(struct hypervisor *hv,
				 struct hypervisor_frame *frame);

/* Statuses of calls for domains and devices. */
enum hypervisor_status {
	HYPERVISOR_SUCCESS = 0x00,
	HYPERVISOR_INVALID_PARAMETER = 0x05,
	HYPERVISOR_UNKNOWN_PROPERTY = 0x09,
	HYPERVISOR_INVALID_PARTITION_ID = 0x0d,
	HYPERVISOR_NOT_FOUND = 0x10,
	HYPERVISOR_OBJECT_IN_USE = 0x19,
	HYPERVISOR_INSUFFICIENT_DEVICE_DOMAINS = 0x38,
	HYPERVISOR_INVALID_DEVICE_ID = 0x57,
	HYPERVISOR_INVALID_DEVICE_STATE = 0x58,
	HYPERVISOR_KEY_ALREADY_EXISTS = 0x65,
	HYPERVISOR_DEVICE_ALREADY_IN_DOMAIN = 0x66,
};

#define HYPERVISOR_PARTITION_SELF UINT64_MAX

static inline uint64_t hypervisor_load64(const uint8_t *from)
{
	uint64_t value;

	memcpy(&value, from, sizeof(value));
	return value;
}

static inline uint32_t hypervisor_load32(const uint8_t *from)
{
	uint32_t value;

	memcpy(&value, from, sizeof(value));
	return value;
}

static inline void hypervisor_store64(uint8_t *to, uint64_t value)
{
	memcpy(to, &value, sizeof(value));
}

/** The header of all domain calls; @id: out: the domain it names. */
uint16_t hypervisor_check_header(const uint8_t *in, uint32_t *id);

/** After the fields: the domain they name. */
uint16_t hypervisor_find_domain(struct hypervisor *hv, uint32_t id,
				struct hypervisor_domain **domain);

#define HYPERVISOR_CODE_CREATE 0xb1u
#define HYPERVISOR_CODE_DELETE 0xc5u
#define HYPERVISOR_CODE_FLUSH_LIST 0xd1u
#define HYPERVISOR_CODE_GET_CAPS 0x125u

/** Where the header of a domain call has the id. */
#define HYPERVISOR_OFFSET_ID 20u

/** What was counted of one call. */
struct hypervisor_tally {
	uint64_t calls;
	uint64_t failures;
	bool denied;
};

/* ---- injections (hypervisor_inject.c) -------------------------------- */

#define HYPERVISOR_INJECTIONS 16u

/** Takes part in each call; true: @fault is to act on this one. */
bool hypervisor_take_injection(struct hypervisor *hv, uint16_t code, bool rep,
			       struct hypervisor_injection *fault);

/* ---- the whole ------------------------------------------------------- */

#define HYPERVISOR_PAGES 16u
#define HYPERVISOR_PAGE_BYTES 4096u

/*
 * The gpa of the first call page. No pointer of an ordinary process, and far
 * from where tests have table memory and data.
 */
#define HYPERVISOR_PAGES_GPA UINT64_C(0x000ca11000000000)

/**
 * struct hypervisor - all under @lock, but for @config
 * @domains, @devices: by id
 * @owner: counts owners, the first is 0
 * @undead: ids of domains whose DELETE failed last; the items mean nothing
 * @refused: flush lists refused as configured
 * @pages: memory of the call pages
 * @lent: which of them are
 * @pieces: of the DMA that is carried out; kept to be filled again
 */
struct hypervisor {
	struct hypervisor_config config;
	pthread_mutex_t lock;
	struct hypervisor_map domains;
	struct hypervisor_map devices;
	struct hypervisor_map undead;
	uint32_t owner;
	uint64_t refused;
	uint8_t *pages;
	bool lent[HYPERVISOR_PAGES];
	struct hypervisor_pieces pieces;
	struct hypervisor_injection injections[HYPERVISOR_INJECTIONS];
	size_t injection_count;
	struct hypervisor_tally tally[HYPERVISOR_KNOWN];
	struct hypervisor_stats stats;
	char violation[160];
};

void hypervisor_lock(struct hypervisor *hv);
void hypervisor_unlock(struct hypervisor *hv);

/** The guest did what it must never do. */
void hypervisor_violate(struct hypervisor *hv, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif /* ORACLE_HYPERVISOR_STATE_H */
