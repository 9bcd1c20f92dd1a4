/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Where DMA goes, of a device in domains of each kind. Nothing here depends on
 * what the host caches.
 */
#include "drive.h"

/* Fills in the path, and flushes the domain it belongs to. */
static uint16_t refill(struct conformance_run *run,
		       const struct conf_path *path, uint64_t leaf)
{
	conf_path_fill(run, path, leaf);
	return conf_flush(run, run->id[0]);
}

/* ---- a table --------------------------------------------------------- */

static uint16_t ask_write(struct conformance_run *run)
{
	return conf_goes(run, HVPT_HV_STATUS_SUCCESS, conf_iova(run),
			 CONF_GOES(CONF_FIRST));
}

static uint16_t ask_read(struct conformance_run *run)
{
	return conf_went(run, HVPT_HV_STATUS_SUCCESS,
			 conf_dma_read(run, conf_iova(run)),
			 CONF_GOES(CONF_FIRST));
}

/* Where a write goes with a leaf like that. */
static uint16_t write_by(struct conformance_run *run, uint64_t leaf,
			 unsigned expected)
{
	const struct conf_path path = conf_first_path(run);
	uint16_t status = refill(run, &path, leaf);

	return conf_goes(run, status, path.iova, expected);
}

static uint16_t ask_unmapped(struct conformance_run *run)
{
	return write_by(run, 0, CONF_GOES(CONF_NOWHERE));
}

static uint16_t ask_read_only(struct conformance_run *run)
{
	return write_by(run, conf_leaf(run, CONF_FIRST, HVPT_PTE_LEAF_BITS),
			CONF_GOES(CONF_NOWHERE));
}

static uint16_t ask_supervisor(struct conformance_run *run)
{
	return write_by(run,
			conf_leaf(run, CONF_FIRST,
				  CONF_LEAF_BITS & ~HVPT_PTE_USER),
			CONF_GOES_ANYWHERE);
}

/* The leaf covers the first page, at an iova that is its gpa. */
static uint16_t ask_large(struct conformance_run *run)
{
	struct conf_path path = conf_first_path(run);
	uint64_t page = conf_page_gpa(run, CONF_FIRST);
	uint16_t status;

	path.iova = page;
	path.lowest = 1;
	status = refill(run, &path,
			(page & ~(HVPT_PAGE_SIZE_2M - 1)) | CONF_LEAF_BITS |
				HVPT_PTE_LARGE);
	return conf_goes(run, status, page, CONF_GOES(CONF_FIRST));
}

/* ---- domains --------------------------------------------------------- */

/* Makes another domain, and moves the device to it. */
static uint16_t move(struct conformance_run *run, uint64_t flags, uint64_t root)
{
	if (!conf_make(run, 1, flags, root))
		return conf_skip(run, "no other domain could be made");
	return conf_attach(run, run->id[1]);
}

static uint16_t ask_identity(struct conformance_run *run)
{
	return conf_goes_there(run, move(run, 0, 0),
			       CONF_GOES(CONF_UNTRANSLATED));
}

static uint16_t ask_blocked(struct conformance_run *run)
{
	return conf_goes_there(run, move(run, CONF_BLOCKED, 0),
			       CONF_GOES(CONF_NOWHERE));
}

static uint16_t ask_blocked_read(struct conformance_run *run)
{
	uint16_t status = move(run, CONF_BLOCKED, 0);

	if (run->skip)
		return 0;
	return conf_went(run, status, conf_dma_read(run, conf_iova(run)),
			 CONF_GOES(CONF_NOWHERE));
}

static uint16_t ask_attach(struct conformance_run *run)
{
	return conf_goes_there(run,
			       move(run, CONF_PAGING, conf_second_root(run)),
			       CONF_GOES(CONF_SECOND));
}

static uint16_t ask_attach_unknown(struct conformance_run *run)
{
	uint16_t status = conf_attach(run, run->unused);

	return conf_goes_there(run, status,
			       CONF_GOES(CONF_FIRST) | CONF_GOES(CONF_NOWHERE));
}

static uint16_t ask_detach(struct conformance_run *run)
{
	return conf_goes_there(run, conf_detach(run), CONF_GOES(CONF_NOWHERE));
}

static uint16_t ask_delete_occupied(struct conformance_run *run)
{
	return conf_goes_there(run, conf_delete(run, 0),
			       CONF_GOES(CONF_FIRST) | CONF_GOES(CONF_NOWHERE));
}

static uint16_t ask_configure_occupied(struct conformance_run *run)
{
	uint16_t status = conf_configure(run, run->id[0], CONF_PAGING,
					 conf_second_root(run));

	conf_flush(run, run->id[0]);
	return conf_goes_there(run, status,
			       CONF_GOES(CONF_FIRST) | CONF_GOES(CONF_SECOND));
}

/* ---- how wide addresses are ------------------------------------------ */

/* Maps the first page at @iova, in a domain with so many levels. */
static uint16_t ask_at(struct conformance_run *run, uint64_t iova,
		       unsigned levels, unsigned expected)
{
	struct conf_path path = conf_first_path(run);
	uint64_t flags = CONF_PAGING;
	uint16_t status;

	if (run->host->driver->address_bits < 64 &&
	    iova >> run->host->driver->address_bits)
		return conf_skip(run, "the device cannot send that address");
	if (levels == 5)
		flags |= HVPT_HV_SETTINGS_5_LEVELS;
	path.iova = iova;
	path.levels = levels;
	conf_path_fill(run, &path, conf_leaf(run, CONF_FIRST, CONF_LEAF_BITS));
	status = move(run, flags, conf_table_gpa(run, &path, levels - 1));
	return run->skip ? 0 : conf_goes(run, status, iova, expected);
}

static unsigned levels_of(const struct conformance_run *run)
{
	return conf_width(run) > 48 ? 5 : 4;
}

static uint64_t top_bit(const struct conformance_run *run)
{
	return (uint64_t)1 << (conf_width(run) - 1);
}

static uint16_t ask_top_bit(struct conformance_run *run)
{
	return ask_at(run, conf_iova(run) | top_bit(run), levels_of(run),
		      CONF_GOES(CONF_FIRST) | CONF_GOES(CONF_NOWHERE));
}

static uint16_t ask_sign(struct conformance_run *run)
{
	return ask_at(run, conf_iova(run) | ~(top_bit(run) - 1), levels_of(run),
		      CONF_GOES(CONF_FIRST) | CONF_GOES(CONF_NOWHERE));
}

static uint16_t ask_beyond(struct conformance_run *run)
{
	if (conf_width(run) > 63)
		return conf_skip(run, "no address is wider");
	return ask_at(run, conf_iova(run) | top_bit(run) << 1, levels_of(run),
		      CONF_GOES(CONF_FIRST) | CONF_GOES(CONF_NOWHERE));
}

/* Below the top bit, and above what 4 levels reach. */
static uint16_t ask_five_levels(struct conformance_run *run)
{
	if (conf_width(run) < 50)
		return conf_skip(run, "the host has no 5 levels");
	return ask_at(run, conf_iova(run) | (uint64_t)1 << 48, 5,
		      CONF_GOES(CONF_FIRST));
}

/* ---- bits that the walker sets --------------------------------------- */

/* Entries with neither A nor D. */
static struct conf_path clear_bits(struct conformance_run *run)
{
	const struct conf_path path = conf_first_path(run);
	unsigned level;

	for (level = 0; level < path.levels; level++)
		conf_set_entry(run, &path, level,
			       conf_entry(run, &path, level) &
				       ~(HVPT_PTE_ACCESSED | HVPT_PTE_DIRTY));
	conf_flush(run, run->id[0]);
	return path;
}

static bool is_set(const struct conformance_run *run,
		   const struct conf_path *path, unsigned level, uint64_t bit)
{
	return (conf_entry(run, path, level) & bit) != 0;
}

static uint16_t ask_accessed(struct conformance_run *run)
{
	const struct conf_path path = clear_bits(run);
	uint16_t status = conf_goes(run, HVPT_HV_STATUS_SUCCESS, path.iova,
				    CONF_GOES(CONF_FIRST) |
					    CONF_GOES(CONF_NOWHERE));
	unsigned level;

	run->value = 0;
	for (level = 0; level < path.levels; level++)
		run->value |=
			(uint64_t)is_set(run, &path, level, HVPT_PTE_ACCESSED)
			<< level;
	return status;
}

static uint16_t ask_dirty(struct conformance_run *run)
{
	const struct conf_path path = clear_bits(run);
	uint16_t status = conf_goes(run, HVPT_HV_STATUS_SUCCESS, path.iova,
				    CONF_GOES(CONF_FIRST) |
					    CONF_GOES(CONF_NOWHERE));

	run->value = is_set(run, &path, 0, HVPT_PTE_DIRTY);
	return status;
}

/* With a write behind a read, D was clear when the entry was cached. */
static uint16_t dirty_after(struct conformance_run *run, bool write)
{
	const struct conf_path path = clear_bits(run);
	enum conf_where where = conf_dma_read(run, path.iova);
	uint16_t status;

	if (write)
		where = conf_dma_write(run, path.iova);
	status = conf_went(run, HVPT_HV_STATUS_SUCCESS, where,
			   CONF_GOES(CONF_FIRST) | CONF_GOES(CONF_NOWHERE));
	run->value = is_set(run, &path, 0, HVPT_PTE_DIRTY);
	return status;
}

static uint16_t ask_dirty_read(struct conformance_run *run)
{
	return dirty_after(run, false);
}

static uint16_t ask_dirty_cached(struct conformance_run *run)
{
	return dirty_after(run, true);
}

#define GROUP CONFORMANCE_TRANSLATION
#define MINI "Linux, hvhdk_mini.h"
#define GUEST "Linux, hv-iommu-guest.c"
#define LIST "the linux-hyperv list, 20 May 2026"
#define FORMAT "Linux, generic_pt x86_64 format"
#define NO_SOURCE "no source says"
#define RELY "Linux and hvpt rely on it"
#define DRIVEN                                                                 \
	(CONFORMANCE_NEEDS_PVIOMMU | CONFORMANCE_NEEDS_IDS |                   \
	 CONFORMANCE_NEEDS_DEVICE | CONFORMANCE_NEEDS_HOME |                   \
	 CONFORMANCE_NEEDS_DRIVER)
#define CACHED (DRIVEN | CONFORMANCE_NEEDS_CACHED)
#define READS CONFORMANCE_NEEDS_READ
#define SUCCESS CONF_IS(SUCCESS)

/* clang-format off */
const struct conformance_question conf_translation_questions[] = {
	{ "translation.write",
	  "Does a write reach the page that the tables map?", "it does",
	  FORMAT, RELY, GROUP, DRIVEN, SUCCESS, SUCCESS, ask_write },
	{ "translation.read",
	  "Does a read come from the page that the tables map?", "it does",
	  FORMAT, RELY, GROUP, DRIVEN | READS, SUCCESS, SUCCESS, ask_read },
	{ "translation.unmapped",
	  "Is a write refused where the tables map nothing?",
	  "entries without P translate nothing", FORMAT, RELY, GROUP, DRIVEN,
	  SUCCESS, SUCCESS, ask_unmapped },
	{ "translation.read-only",
	  "Is a write refused by a leaf that is read-only?",
	  "a leaf without R/W allows no write", FORMAT, RELY, GROUP, DRIVEN,
	  SUCCESS, SUCCESS, ask_read_only },
	{ "translation.supervisor",
	  "Where does a write go by a leaf without U/S?", NULL, NO_SOURCE,
	  "Linux and hvpt set it; the model refuses the write", GROUP, DRIVEN,
	  CONF_ANY, CONF_ANY, ask_supervisor },
	{ "translation.large",
	  "Does a write reach its page by a leaf of 2 MiB?",
	  "it does if the size is offered", MINI, RELY, GROUP,
	  DRIVEN | CONFORMANCE_NEEDS_LARGE, SUCCESS, SUCCESS, ask_large },
	{ "translation.identity",
	  "Is an iova the gpa in an identity domain?", "it is", GUEST, RELY,
	  GROUP, CACHED, SUCCESS, SUCCESS, ask_identity },
	{ "translation.blocked",
	  "Is a write refused in a blocked domain?", "it is", GUEST, RELY,
	  GROUP, CACHED, SUCCESS, SUCCESS, ask_blocked },
	{ "translation.blocked-read",
	  "Is a read refused in a blocked domain?", "it is", GUEST, RELY,
	  GROUP, CACHED | READS, SUCCESS, SUCCESS, ask_blocked_read },
	{ "translation.attach",
	  "Do other tables hold after ATTACH to another domain?",
	  "ATTACH switches from the old domain to the new one", GUEST, RELY,
	  GROUP, CACHED, SUCCESS, SUCCESS, ask_attach },
	{ "translation.attach-unknown",
	  "Where does a write go after an ATTACH that failed?", NULL,
	  NO_SOURCE, "hvpt counts the device in both domains; the model "
	  "leaves it in the old one", GROUP, CACHED, CONF_ANY, CONF_REFUSED,
	  ask_attach_unknown },
	{ "translation.detach", "Is a write refused after DETACH?",
	  "DETACH clears the entry of the device", LIST,
	  "Linux does not call it; hvpt does after blocking", GROUP, CACHED,
	  SUCCESS, SUCCESS, ask_detach },
	{ "translation.delete-occupied",
	  "Where does a write go after DELETE of the domain of its device?",
	  NULL, NO_SOURCE,
	  "Linux and hvpt do not do it; the model refuses the DELETE", GROUP,
	  CACHED, CONF_ANY, CONF_ANY, ask_delete_occupied },
	{ "translation.configure-occupied",
	  "Does another root hold after CONFIGURE and FLUSH?", NULL,
	  NO_SOURCE, "nobody does it; it holds in the model", GROUP, CACHED,
	  CONF_ANY, CONF_ANY, ask_configure_occupied },
	{ "translation.top-bit",
	  "Is an iova translated that has the top bit of the width set?",
	  NULL, MINI ": whether the sign bit counts is not said",
	  "Linux uses such iovas; hvpt can leave them out", GROUP, DRIVEN,
	  CONF_ANY, CONF_ANY, ask_top_bit },
	{ "translation.sign-extended",
	  "Is an iova translated that has all bits set from the top one on?",
	  NULL,
	  MINI ": whether the sign bit counts is not said",
	  "hvpt can use such iovas; the model refuses them, unless canonical",
	  GROUP, DRIVEN, CONF_ANY, CONF_ANY, ask_sign },
	{ "translation.beyond-width",
	  "Is an iova translated with a bit set above the width?", NULL,
	  NO_SOURCE, "Linux and hvpt do not use it; the model refuses it",
	  GROUP, DRIVEN, CONF_ANY, CONF_ANY, ask_beyond },
	{ "translation.five-levels",
	  "Does a write reach its page by 5 levels, above 2^48?",
	  "S1_5LVL tells whether the host takes 5 levels", MINI, RELY, GROUP,
	  DRIVEN, SUCCESS, SUCCESS, ask_five_levels },
	{ "translation.accessed",
	  "Which entries have A set after a write? Value: bit n: of level n.",
	  NULL, NO_SOURCE,
	  "Linux and hvpt set A themselves; the model does not", GROUP,
	  DRIVEN, CONF_ANY, CONF_ANY, ask_accessed },
	{ "translation.dirty",
	  "Does a leaf have D set after a write? Value: 1 if so.", NULL,
	  NO_SOURCE, "hvpt can track writes by it; the model does not set it",
	  GROUP, DRIVEN, CONF_ANY, CONF_ANY, ask_dirty },
	{ "translation.dirty-read",
	  "Does a leaf have D set after a read? Value: 1 if so.", NULL,
	  NO_SOURCE, "hvpt can track writes by it; the model does not set it",
	  GROUP, DRIVEN | READS, CONF_ANY, CONF_ANY, ask_dirty_read },
	{ "translation.dirty-cached",
	  "Does a leaf have D set after a write behind a read? "
	  "Value: 1 if so.", NULL, NO_SOURCE,
	  "hvpt can track writes by it; the model does not set it", GROUP,
	  DRIVEN | READS, CONF_ANY, CONF_ANY, ask_dirty_cached },
};
/* clang-format on */
const size_t conf_translation_count = CONF_COUNT(conf_translation_questions);
