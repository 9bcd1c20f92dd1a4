/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "guest.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <inttypes.h>
#include <string.h>

#define ARENA_PAGES ((size_t)1 << 16)
/* The recorded guest has its tables here too. */
#define ARENA_GPA (UINT64_C(1) << 46)

size_t guest_input_bytes(uint64_t control)
{
	switch (control & 0xffff) {
	case HVPT_HVCALL_GET_IOMMU_CAPABILITIES:
		return sizeof(struct hvpt_hv_get_iommu_capabilities);
	case HVPT_HVCALL_DETACH_DEVICE_DOMAIN:
		return sizeof(struct hvpt_hv_detach_device_domain);
	case HVPT_HVCALL_GET_LOGICAL_DEVICE_PROPERTY:
		return sizeof(struct hvpt_hv_get_logical_device_property);
	case HVPT_HVCALL_DELETE_DEVICE_DOMAIN:
		return sizeof(struct hvpt_hv_delete_device_domain);
	case HVPT_HVCALL_CONFIGURE_DEVICE_DOMAIN:
		return sizeof(struct hvpt_hv_configure_device_domain);
	case HVPT_HVCALL_CREATE_DEVICE_DOMAIN:
		return sizeof(struct hvpt_hv_create_device_domain);
	case HVPT_HVCALL_ATTACH_DEVICE_DOMAIN:
		return sizeof(struct hvpt_hv_attach_device_domain);
	case HVPT_HVCALL_FLUSH_DEVICE_DOMAIN:
		return sizeof(struct hvpt_hv_flush_device_domain);
	case HVPT_HVCALL_FLUSH_DEVICE_DOMAIN_LIST:
		return sizeof(struct hvpt_hv_flush_device_domain_list) +
		       sizeof(uint64_t) * (control >> 32 & 0xfff);
	default:
		fail_msg("a call of code %#" PRIx64, control & 0xffff);
		return 0;
	}
}

/* ---- the transport --------------------------------------------------- */

static bool guest_borrow(void *ctx, struct hvpt_call_page *page)
{
	struct guest *guest = ctx;

	if (!hvpt_hypervisor_transport.borrow(guest->hv, page))
		return false;
	guest->page = page->va;
	return true;
}

static uint64_t guest_issue(void *ctx, uint64_t control, hvpt_gpa_t input,
			    hvpt_gpa_t output)
{
	struct guest *guest = ctx;
	struct guest_call *call = &guest->call[guest->calls];
	uint64_t result;

	assert_true(guest->calls < GUEST_CALLS);
	assert_int_equal(input.value & 4095, 0);
	call->control = control;
	call->bytes = guest_input_bytes(control);
	memcpy(call->input, guest->page, call->bytes);
	result = hvpt_hypervisor_transport.issue(guest->hv, control, input,
						 output);
	call->status = (uint16_t)(result & 0xffff);
	call->reps = (unsigned)(result >> 32) & 0xfff;
	guest->calls++;
	return result;
}

static void guest_give_back(void *ctx, struct hvpt_call_page *page)
{
	struct guest *guest = ctx;

	hvpt_hypervisor_transport.give_back(guest->hv, page);
}

static const struct hvpt_transport_ops guest_transport = {
	.borrow = guest_borrow,
	.issue = guest_issue,
	.give_back = guest_give_back,
};

/* ---- open, close ----------------------------------------------------- */

void guest_open(struct guest *guest, const struct recording_host *host)
{
	struct hypervisor_config config = {
		.read64 = hvpt_arena_read64,
		.caps = host->caps,
		.page_sizes = host->page_sizes,
		.iova_width = host->width,
		.no_list = host->no_list,
	};

	memset(guest, 0, sizeof(*guest));
	guest->arena = hvpt_arena_create(ARENA_PAGES, ARENA_GPA);
	assert_non_null(guest->arena);
	config.read_ctx = guest->arena;
	guest->hv = hypervisor_create(&config);
	guest->pages.arena = guest->arena;
	guest->pages.hv = guest->hv;
}

void guest_close(struct guest *guest)
{
	assert_string_equal(hypervisor_violation(guest->hv), "");
	hypervisor_destroy(guest->hv);
	hvpt_arena_destroy(guest->arena);
}

/* ---- what a line says ------------------------------------------------ */

static enum hvpt_status do_init(struct guest *guest)
{
	const struct hvpt_iommu_config config = {
		.transport = { &guest_transport, guest },
	};

	return hvpt_iommu_init(&guest->iommu, &config);
}

static enum hvpt_status do_probe(struct guest *guest, uint64_t id)
{
	assert_true(guest->devices < GUEST_DOMAINS);
	hypervisor_add_device(guest->hv, id, true);
	return hvpt_device_probe(&guest->device[guest->devices++],
				 &guest->iommu, id, true);
}

static enum hvpt_status do_alloc(struct guest *guest)
{
	const struct hvpt_domain_config config = {
		.pt.ops = &hvpt_hypervisor_page_ops,
		.pt.ctx = &guest->pages,
		.pt.direct_map_offset = hvpt_arena_offset(guest->arena),
		.pt.form = HVPT_IOVA_PLAIN,
		.policy = HVPT_FLUSH_COVER,
	};
	unsigned n = guest->domains++;

	assert_true(n < GUEST_DOMAINS);
	hvpt_gather_init(&guest->gather[n]);
	return hvpt_domain_init(&guest->domain[n], &guest->iommu, &config);
}

/* Linux flushes in the call that removed something. */
static enum hvpt_status do_sync(struct guest *guest, unsigned dom)
{
	return hvpt_domain_sync(&guest->domain[dom], &guest->gather[dom]);
}

static enum hvpt_status do_map(struct guest *guest, unsigned dom,
			       const char *text)
{
	uint64_t iova, gpa, size;
	enum hvpt_status status;
	unsigned prot;

	recording_take(&text, "iova=");
	iova = recording_number(&text, 0);
	recording_take(&text, " gpa=");
	gpa = recording_number(&text, 0);
	recording_take(&text, " size=");
	size = recording_number(&text, 0);
	recording_take(&text, " prot=r");
	prot = *text == 'w' ? HVPT_PROT_MASK : HVPT_PROT_READ;
	status = hvpt_domain_map(&guest->domain[dom], hvpt_iova(iova),
				 hvpt_gpa(gpa), size, prot,
				 &guest->gather[dom]);
	return status == HVPT_OK ? do_sync(guest, dom) : status;
}

static bool is_in_leaf(const struct hvpt_domain *domain, uint64_t iova)
{
	struct hvpt_mapping mapping;

	return hvpt_domain_lookup(domain, hvpt_iova(iova), &mapping) ==
		       HVPT_OK &&
	       (iova & (((uint64_t)1 << mapping.leaf_lg2) - 1)) != 0;
}

static enum hvpt_status do_unmap(struct guest *guest, unsigned dom,
				 const char *text)
{
	uint64_t iova, size;
	enum hvpt_status status;

	recording_take(&text, "iova=");
	iova = recording_number(&text, 0);
	recording_take(&text, " size=");
	size = recording_number(&text, 0);
	guest->in_leaf = is_in_leaf(&guest->domain[dom], iova);
	status = hvpt_domain_unmap(&guest->domain[dom], hvpt_iova(iova), size,
				   &guest->gather[dom], &guest->unmapped);
	return status == HVPT_OK ? do_sync(guest, dom) : status;
}

/* Takes "dom=N " off; a scenario has one domain and does not name it. */
static unsigned take_domain(const struct guest *guest, const char **text)
{
	unsigned dom = guest->domains ? guest->domains - 1 : 0;

	if (strncmp(*text, "dom=", 4) == 0) {
		recording_take(text, "dom=");
		dom = (unsigned)recording_number(text, 10);
	}
	*text += **text == ' ';
	assert_true(dom < guest->domains);
	return dom;
}

/* Is @text's first word @verb? Then @text moves behind it. */
static bool take_verb(const char **text, const char *verb)
{
	size_t length = strlen(verb);

	if (strncmp(*text, verb, length) != 0 ||
	    ((*text)[length] != '\0' && (*text)[length] != ' '))
		return false;
	*text += length;
	*text += **text == ' ';
	return true;
}

static bool do_attach(struct guest *guest, const char *text)
{
	unsigned n = guest->domains - 1;

	if (strcmp(text, "blocked") == 0)
		guest->status = hvpt_device_attach(
			&guest->device[n], hvpt_iommu_blocked(&guest->iommu));
	else if (*text == '\0' || strcmp(text, "paging") == 0)
		guest->status = hvpt_device_attach(&guest->device[n],
						   &guest->domain[n]);
	else
		return false;
	return true;
}

/* Lines about a domain or its device. */
static bool do_domain(struct guest *guest, const char *text)
{
	const char *verb = text;
	unsigned dom;

	text += strcspn(text, " ");
	text += *text == ' ';
	dom = take_domain(guest, &text);
	if (take_verb(&verb, "map"))
		guest->status = do_map(guest, dom, text);
	else if (take_verb(&verb, "unmap"))
		guest->status = do_unmap(guest, dom, text);
	else if (take_verb(&verb, "sync"))
		guest->status = do_sync(guest, dom);
	else if (take_verb(&verb, "free"))
		guest->status = hvpt_domain_destroy(&guest->domain[dom]);
	else if (take_verb(&verb, "release"))
		guest->status = hvpt_device_attach(
			&guest->device[dom], hvpt_iommu_blocked(&guest->iommu));
	else
		return false;
	return true;
}

static enum hvpt_status do_device(struct guest *guest, const char *text)
{
	uint64_t id = recording_number(&text, 16);

	recording_take(&text, ": probe");
	return do_probe(guest, id);
}

bool guest_add(struct guest *guest, const char *text)
{
	guest->unmapped = 0;
	if (strcmp(text, "init") == 0)
		guest->status = do_init(guest);
	else if (take_verb(&text, "device"))
		guest->status = do_device(guest, text);
	else if (strcmp(text, "alloc") == 0)
		guest->status = do_alloc(guest);
	else if (take_verb(&text, "attach"))
		return do_attach(guest, text);
	else
		return do_domain(guest, text);
	return true;
}

bool guest_do(struct guest *guest, const char *text)
{
	guest->calls = 0;
	return guest_add(guest, text);
}

void guest_must(struct guest *guest, const char *text)
{
	assert_true(guest_do(guest, text));
	assert_string_equal(hvpt_status_name(guest->status), "HVPT_OK");
}

unsigned guest_made(const struct guest *guest, uint16_t code)
{
	unsigned made = 0;
	size_t n;

	for (n = 0; n < guest->calls; n++)
		made += (guest->call[n].control & 0xffff) == code;
	return made;
}
