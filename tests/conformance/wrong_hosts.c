/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "wrong_hosts.h"

#include <string.h>

#include "adapters/host/hv_binding.h"

#define CODE(call) ((call)->control & 0xffff)
#define REPS(n) ((uint64_t)(n) << 32)
#define COUNT(call) ((call)->control >> 32 & 0xfff)
#define START(call) ((call)->control >> 48 & 0xfff)

static bool is_flush(const struct wrong_call *call)
{
	return CODE(call) == HVPT_HVCALL_FLUSH_DEVICE_DOMAIN ||
	       CODE(call) == HVPT_HVCALL_FLUSH_DEVICE_DOMAIN_LIST;
}

static uint64_t model(const struct wrong_call *call)
{
	return hypervisor_call(call->hv, call->control, call->input,
			       call->output);
}

static uint64_t word(const struct wrong_call *call, size_t n)
{
	uint64_t value;

	memcpy(&value, call->page + (call->input - call->gpa) + 8 * n, 8);
	return value;
}

static void set_word(const struct wrong_call *call, size_t n, uint64_t value)
{
	memcpy(call->page + (call->input - call->gpa) + 8 * n, &value, 8);
}

static uint64_t *output(const struct wrong_call *call)
{
	return (uint64_t *)(void *)(call->page + (call->output - call->gpa));
}

static bool succeeds(uint64_t result)
{
	return (result & 0xffff) == 0;
}

/* ---- control word, memory, result ------------------------------------ */

static uint64_t ignores_control(const struct wrong_call *call, uint64_t bits)
{
	struct wrong_call other = *call;

	other.control &= ~bits;
	return model(&other);
}

static uint64_t reserved_low(const struct wrong_call *call)
{
	return ignores_control(call, UINT64_C(1) << 29);
}

static uint64_t reserved_high(const struct wrong_call *call)
{
	return ignores_control(call, UINT64_C(15) << 60);
}

static uint64_t simple_count(const struct wrong_call *call)
{
	if (CODE(call) == HVPT_HVCALL_FLUSH_DEVICE_DOMAIN_LIST)
		return model(call);
	return ignores_control(call, UINT64_C(0xfff) << 32);
}

static uint64_t unknown_code(const struct wrong_call *call)
{
	return CODE(call) < 0x1000 ? model(call) : 0;
}

static uint64_t misaligned(const struct wrong_call *call)
{
	struct wrong_call other = *call;

	if (call->input % 8 == 0)
		return model(call);
	other.input = call->gpa;
	memmove(call->page, call->page + (call->input - call->gpa), 32);
	return model(&other);
}

static uint64_t any_partition(const struct wrong_call *call)
{
	if (call->input - call->gpa <= HVPT_HV_PAGE_BYTES - 8)
		set_word(call, 0, UINT64_MAX);
	return model(call);
}

/* Bytes 0 to 3 of the capabilities are left as they were. */
static uint64_t half_output(const struct wrong_call *call)
{
	uint32_t before;
	uint64_t result;

	if (CODE(call) != HVPT_HVCALL_GET_IOMMU_CAPABILITIES)
		return model(call);
	memcpy(&before, call->page + (call->output - call->gpa), 4);
	result = model(call);
	if (succeeds(result))
		memcpy(call->page + (call->output - call->gpa), &before, 4);
	return result;
}

/* Every other answer has one bit more. */
static uint64_t changing_caps(const struct wrong_call *call)
{
	uint64_t result = model(call);

	if (CODE(call) == HVPT_HVCALL_GET_IOMMU_CAPABILITIES &&
	    succeeds(result) && call->number % 2)
		output(call)[1] ^= UINT64_C(1) << 6;
	return result;
}

static void no_4k(struct hypervisor_config *config)
{
	config->page_sizes = UINT64_C(1) << 21;
}

static void no_width(struct hypervisor_config *config)
{
	config->iova_width = 65;
}

/* ---- domains --------------------------------------------------------- */

static void takes_over(struct hypervisor_config *config)
{
	config->take_over = true;
}

static uint64_t lone_blocked(const struct wrong_call *call)
{
	if (CODE(call) == HVPT_HVCALL_CONFIGURE_DEVICE_DOMAIN &&
	    word(call, 3) == HVPT_HV_SETTINGS_BLOCKED)
		set_word(call, 3, 3);
	return model(call);
}

static uint64_t five_anyway(const struct wrong_call *call)
{
	if (CODE(call) == HVPT_HVCALL_CONFIGURE_DEVICE_DOMAIN &&
	    word(call, 3) == 5)
		set_word(call, 3, 1);
	return model(call);
}

static uint64_t keeps_deleted(const struct wrong_call *call)
{
	struct wrong_call flush = *call;

	if (CODE(call) != HVPT_HVCALL_DELETE_DEVICE_DOMAIN)
		return model(call);
	set_word(call, 3, 0);
	flush.control = HVPT_HVCALL_FLUSH_DEVICE_DOMAIN;
	return model(&flush); /* is it there? */
}

/* ---- devices --------------------------------------------------------- */

static uint64_t no_property(const struct wrong_call *call)
{
	uint64_t result = model(call);

	if (CODE(call) == HVPT_HVCALL_GET_LOGICAL_DEVICE_PROPERTY &&
	    succeeds(result))
		output(call)[0] = 0;
	return result;
}

static uint64_t attaches_again(const struct wrong_call *call)
{
	uint64_t result = model(call);
	bool same = (result & 0xffff) ==
		    HVPT_HV_STATUS_DEVICE_ALREADY_IN_DOMAIN;

	return same ? 0 : result;
}

static void detaches_late(struct hypervisor_config *config)
{
	config->detach_delay = 100000;
}

/* ---- flushes --------------------------------------------------------- */

static void counts_more(struct hypervisor_config *config)
{
	config->reps = HYPERVISOR_REPS_MORE;
}

static void counts_fewer(struct hypervisor_config *config)
{
	config->reps = HYPERVISOR_REPS_FEWER;
}

static bool is_list(const struct wrong_call *call)
{
	return CODE(call) == HVPT_HVCALL_FLUSH_DEVICE_DOMAIN_LIST;
}

/* Counts from the start index, not from element 0. */
static uint64_t counts_from_start(const struct wrong_call *call)
{
	uint64_t result = model(call);

	if (!is_list(call) || !succeeds(result))
		return result;
	return result - REPS(START(call));
}

static uint64_t forgets_count(const struct wrong_call *call)
{
	uint64_t result = model(call);

	return is_list(call) && !succeeds(result) ? result & 0xffff : result;
}

static uint64_t nothing_to_do(const struct wrong_call *call)
{
	if (is_list(call) && START(call) >= COUNT(call))
		return REPS(COUNT(call));
	return model(call);
}

static uint64_t long_lists(const struct wrong_call *call)
{
	if (is_list(call) && COUNT(call) > HVPT_HV_FLUSH_LIST_MAX)
		return REPS(COUNT(call));
	return model(call);
}

static uint64_t flushes_anything(const struct wrong_call *call)
{
	return CODE(call) == HVPT_HVCALL_FLUSH_DEVICE_DOMAIN ? 0 : model(call);
}

static uint64_t small_shifts(const struct wrong_call *call)
{
	if (is_list(call) && COUNT(call) == 1 && (word(call, 4) & 63) > 40)
		return HVPT_HV_STATUS_INVALID_PARAMETER;
	return model(call);
}

/* ---- privileges ------------------------------------------------------ */

/* GET_MEMORY_BALANCE. */
static uint64_t unguarded(const struct wrong_call *call)
{
	return CODE(call) == 0x4a ? 0 : model(call);
}

static void announces_nothing(struct hvpt_cpuid_leaves *cpuid)
{
	cpuid->hv_features.edx = 0;
}

static uint64_t partition_of_caps(const struct wrong_call *call)
{
	return CODE(call) == HVPT_HVCALL_GET_IOMMU_CAPABILITIES ?
		       model(call) :
		       any_partition(call);
}

/* ---- DMA ------------------------------------------------------------- */

static uint64_t configures(const struct wrong_call *call, uint64_t from,
			   uint64_t to)
{
	if (CODE(call) == HVPT_HVCALL_CONFIGURE_DEVICE_DOMAIN &&
	    word(call, 3) == from && word(call, 4) == 0)
		set_word(call, 3, to);
	return model(call);
}

static uint64_t blocked_is_identity(const struct wrong_call *call)
{
	return configures(call, 3, 0);
}

static uint64_t identity_is_blocked(const struct wrong_call *call)
{
	return configures(call, 0, 3);
}

static uint32_t *writes_anywhere(struct wrong_front *front, uint64_t iova,
				 bool write)
{
	(void)write;
	return model_host_dma(front->model, iova, false);
}

/* Of a page of the suite, whatever the gpa is. */
static uint32_t *memory_at(const struct wrong_front *front, uint64_t gpa)
{
	unsigned i;

	for (i = 0; i < CONFORMANCE_PAGES; i++)
		if (front->model->pages[i].gpa.value == gpa)
			return front->model->pages[i].va;
	return NULL;
}

static uint32_t *detached_passes(struct wrong_front *front, uint64_t iova,
				 bool write)
{
	uint32_t id;

	if (!hypervisor_device_domain(front->model->hv, MODEL_HOST_DEVICE, &id))
		return memory_at(front, iova);
	return model_host_dma(front->model, iova, write);
}

/* What is cached does not know its domain. */
static uint32_t *untagged(struct wrong_front *front, uint64_t iova, bool write)
{
	if (front->cached && front->iova == iova)
		return front->page_of;
	front->iova = iova;
	front->page_of = model_host_dma(front->model, iova, write);
	front->cached = front->page_of != NULL;
	return front->page_of;
}

/* That something is not mapped is cached. */
static uint32_t *caches_absence(struct wrong_front *front, uint64_t iova,
				bool write)
{
	uint32_t *page;

	if (front->cached && front->iova == iova)
		return NULL;
	page = model_host_dma(front->model, iova, write);
	front->iova = iova;
	front->cached = page == NULL;
	return page;
}

/* ---- what flushes drop ----------------------------------------------- */

/* A list of one descriptor, for the domain that the input names. */
static uint64_t flush_instead(const struct wrong_call *call, uint64_t entry)
{
	struct wrong_call list = *call;

	set_word(call, 3, 1);
	set_word(call, 4, entry);
	list.control = HVPT_HVCALL_FLUSH_DEVICE_DOMAIN_LIST | REPS(1);
	return model(&list) & 0xffff;
}

static uint64_t flush_drops_a_page(const struct wrong_call *call)
{
	if (CODE(call) != HVPT_HVCALL_FLUSH_DEVICE_DOMAIN || word(call, 3) != 0)
		return model(call);
	return flush_instead(call, 0);
}

static bool is_one(const struct wrong_call *call, uint64_t shift)
{
	return is_list(call) && COUNT(call) == 1 && START(call) == 0 &&
	       (word(call, 4) & 63) == shift;
}

/* Of 512 pages one is dropped. */
static uint64_t order_is_0(const struct wrong_call *call)
{
	if (is_one(call, 9))
		set_word(call, 4, word(call, 4) & ~UINT64_C(63));
	return model(call);
}

/* The halves are dropped one by one, and so no entry for the whole is. */
static uint64_t keeps_tables(const struct wrong_call *call)
{
	uint64_t entry = word(call, 4);

	if (!is_one(call, 9))
		return model(call);
	flush_instead(call, (entry & ~UINT64_C(63)) | 8);
	flush_instead(call, ((entry & ~UINT64_C(63)) + 0x100000) | 8);
	return REPS(1);
}

static uint64_t first_only(const struct wrong_call *call)
{
	if (is_list(call) && COUNT(call) == 2)
		set_word(call, 5, word(call, 4));
	return model(call);
}

/* The domain is still there when its id is used again. */
static void keeps_domains(struct hypervisor_config *config)
{
	config->take_over = true;
}

static uint64_t delete_keeps_caches(const struct wrong_call *call)
{
	if (CODE(call) != HVPT_HVCALL_DELETE_DEVICE_DOMAIN)
		return model(call);
	return flush_instead(call, 0); /* is it there? */
}

#define BITS "control.reserved-"

const struct wrong_host wrong_hosts[] = {
	{ .rule = "bit 29 is refused",
	  .issue = reserved_low,
	  .caught = { BITS "30-27" } },
	{ .rule = "bits 63:60 are refused",
	  .issue = reserved_high,
	  .caught = { BITS "63-60" } },
	{ .rule = "a simple call has no count",
	  .issue = simple_count,
	  .caught = { "control.simple-count" } },
	{ .rule = "unknown codes are refused",
	  .issue = unknown_code,
	  .caught = { "control.unknown-code", "privileges.extended" } },
	{ .rule = "inputs are aligned",
	  .issue = misaligned,
	  .caught = { "control.input-alignment" } },
	{ .rule = "partition 0 is none",
	  .issue = any_partition,
	  .caught = { "control.partition", "control.output-on-failure",
		      "privileges.no-partition", "privileges.partition-domains",
		      "privileges.partition-list",
		      "privileges.partition-device" } },
	{ .rule = "all of the output is written",
	  .issue = half_output,
	  .caught = { "control.output-whole" } },
	{ .rule = "capabilities do not change",
	  .issue = changing_caps,
	  .caught = { "control.output-whole", "caps.stable" } },
	{ .rule = "pages have 4 KiB",
	  .change = no_4k,
	  .caught = { "caps.page-sizes" } },
	{ .rule = "addresses have 64 bits",
	  .change = no_width,
	  .caught = { "caps.width" } },
	{ .rule = "an id is created once",
	  .change = takes_over,
	  .caught = { "domains.create-twice" } },
	{ .rule = "blocked needs translation",
	  .issue = lone_blocked,
	  .caught = { "domains.blocked-alone" } },
	{ .rule = "5 levels need a capability",
	  .issue = five_anyway,
	  .caught = { "domains.five-levels" } },
	{ .rule = "a deleted domain is gone",
	  .issue = keeps_deleted,
	  .caught = { "domains.reuse", "flush.after-delete" } },
	{ .rule = "a managed device says so",
	  .issue = no_property,
	  .caught = { "devices.property" } },
	{ .rule = "a device is attached once",
	  .issue = attaches_again,
	  .caught = { "devices.attach-home", "devices.attach-twice",
		      "devices.attach-over" } },
	{ .rule = "a detached device is in no domain",
	  .change = detaches_late,
	  .caught = { "devices.detach", "translation.detach" } },
	{ .rule = "no more reps than asked for",
	  .change = counts_more,
	  .caught = { "flush.reps", "flush.reps-start", "flush.reps-full" } },
	{ .rule = "all reps are counted",
	  .change = counts_fewer,
	  .caught = { "flush.reps", "flush.reps-start", "flush.reps-full" } },
	{ .rule = "reps count from 0",
	  .issue = counts_from_start,
	  .caught = { "flush.reps-start" } },
	{ .rule = "reps count after a failure",
	  .issue = forgets_count,
	  .caught = { "flush.reps-failed" } },
	{ .rule = "the start is below the count",
	  .issue = nothing_to_do,
	  .caught = { "flush.reps-none", "flush.reps-beyond" } },
	{ .rule = "lists end with the page",
	  .issue = long_lists,
	  .caught = { "flush.reps-crossing" } },
	{ .rule = "no unknown domain is flushed",
	  .issue = flushes_anything,
	  .caught = { "flush.unknown" } },
	{ .rule = "shifts go to 52",
	  .issue = small_shifts,
	  .caught = { "flush.orders", "caching.list-all" } },
	{ .rule = "calls need their privilege",
	  .issue = unguarded,
	  .caught = { "privileges.memory-balance" } },
	{ .rule = "CPUID announces device domains",
	  .announce = announces_nothing,
	  .caught = { "privileges.device-domains" } },
	{ .rule = "each call looks at the partition",
	  .issue = partition_of_caps,
	  .caught = { "privileges.partition-domains",
		      "privileges.partition-list",
		      "privileges.partition-device" } },
	{ .rule = "blocked means blocked",
	  .issue = blocked_is_identity,
	  .caught = { "translation.blocked", "translation.blocked-read" } },
	{ .rule = "identity lets through",
	  .issue = identity_is_blocked,
	  .caught = { "translation.identity" } },
	{ .rule = "what is read-only is not written",
	  .dma = writes_anywhere,
	  .caught = { "translation.read-only", "caching.protect-flush" } },
	{ .rule = "DMA of a detached device is refused",
	  .dma = detached_passes,
	  .caught = { "translation.detach" } },
	{ .rule = "what is cached belongs to a domain",
	  .dma = untagged,
	  .caught = { "translation.identity", "translation.blocked",
		      "translation.blocked-read", "translation.attach",
		      "translation.detach", "caching.reuse" } },
	{ .rule = "a map needs no flush",
	  .dma = caches_absence,
	  .caught = { "caching.map", "caching.map-table" } },
	{ .rule = "FLUSH drops everything",
	  .issue = flush_drops_a_page,
	  .caught = { "caching.flush", "caching.protect-flush",
		      "caching.table-flush" } },
	{ .rule = "a descriptor has an order",
	  .issue = order_is_0,
	  .caught = { "caching.list-order", "caching.table-list",
		      "caching.large-list" } },
	{ .rule = "a list drops table entries",
	  .issue = keeps_tables,
	  .caught = { "caching.table-list", "caching.large-list" } },
	{ .rule = "each descriptor is done",
	  .issue = first_only,
	  .caught = { "caching.list-second" } },
	{ .rule = "a deleted domain leaves nothing cached",
	  .change = keeps_domains,
	  .issue = delete_keeps_caches,
	  .caught = { "domains.create-twice", "flush.after-delete",
		      "caching.reuse" } },
};
const size_t wrong_host_count = sizeof(wrong_hosts) / sizeof(wrong_hosts[0]);

/* ---- the front ------------------------------------------------------- */

static bool borrow(void *ctx, struct hvpt_call_page *page)
{
	struct wrong_front *front = ctx;
	bool lent = hvpt_hypervisor_transport.borrow(front->model->hv, page);

	front->page = *page;
	return lent;
}

static uint64_t issue(void *ctx, uint64_t control, hvpt_gpa_t input,
		      hvpt_gpa_t output_gpa)
{
	struct wrong_front *front = ctx;
	const struct wrong_call call = {
		.front = front,
		.hv = front->model->hv,
		.page = front->page.va,
		.gpa = front->page.gpa.value,
		.control = control,
		.input = input.value,
		.output = output_gpa.value,
		.number = front->number++,
	};

	if (is_flush(&call))
		front->cached = false;
	return front->wrong->issue ? front->wrong->issue(&call) : model(&call);
}

static void give_back(void *ctx, struct hvpt_call_page *page)
{
	struct wrong_front *front = ctx;

	hvpt_hypervisor_transport.give_back(front->model->hv, page);
}

static const struct hvpt_transport_ops transport = {
	.borrow = borrow,
	.issue = issue,
	.give_back = give_back,
};

static enum conformance_dma dma_write(void *ctx, uint64_t iova)
{
	struct wrong_front *front = ctx;
	uint32_t *to = front->wrong->dma(front, iova, true);

	if (!to)
		return CONFORMANCE_DMA_REFUSED;
	*to = ~CONFORMANCE_DMA_FILL;
	return CONFORMANCE_DMA_ENDED;
}

static enum conformance_dma dma_read(void *ctx, uint64_t iova, uint32_t *value)
{
	struct wrong_front *front = ctx;
	const uint32_t *from = front->wrong->dma(front, iova, false);

	if (!from)
		return CONFORMANCE_DMA_REFUSED;
	*value = *from;
	return CONFORMANCE_DMA_ENDED;
}

void wrong_front_open(struct wrong_front *front, const struct wrong_host *wrong,
		      struct model_host *host)
{
	*front = (struct wrong_front){
		.wrong = wrong,
		.model = host,
		.driver = host->driver,
	};
	host->transport.ops = &transport;
	host->transport.ctx = front;
	if (wrong->announce)
		wrong->announce(&host->cpuid);
	if (!wrong->dma)
		return;
	front->driver.write = dma_write;
	front->driver.read = dma_read;
	front->driver.ctx = front;
	host->host.driver = &front->driver;
}
