/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What each call does to a device in each state: the table of docs/SPEC.md,
 * "Where a device is", cell by cell. A hypervisor that refuses a call does so
 * before and after it did the work, and the result must be the same.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/doc_table.h"
#include "tests/support/hv_fixture.h"

static struct doc_row table[32];
static size_t table_rows;

static const enum hypervisor_fault faults[] = { HYPERVISOR_FAIL,
						HYPERVISOR_FAIL_AFTER };

/* ---- states ---------------------------------------------------------- */

static void refuse(struct hv_fixture *f, uint16_t code,
		   enum hypervisor_fault fault)
{
	hv_inject(f, code, 1, UINT64_MAX, fault, HV_RAW_MEMORY);
}

static void make_new(struct hv_fixture *f, enum hypervisor_fault fault)
{
	(void)fault;
	hv_make(f, 0);
	hv_make(f, 1);
	hv_map(f, 0, f->base, HV_DATA, HV_4K);
	hv_map(f, 1, f->base, HV_DATA + HV_1G, HV_4K);
	hv_device(f, 0);
}

static void make_attached(struct hv_fixture *f, enum hypervisor_fault fault)
{
	make_new(f, fault);
	hv_ok(hvpt_device_attach(&f->device[0], &f->domain[0]));
	hv_dma_reaches(f, 0, f->base, HV_DATA);
}

static void make_detached(struct hv_fixture *f, enum hypervisor_fault fault)
{
	make_attached(f, fault);
	hv_ok(hvpt_device_detach(&f->device[0]));
}

static void make_attach_doubt(struct hv_fixture *f, enum hypervisor_fault fault)
{
	make_attached(f, fault);
	refuse(f, HV_ATTACH, fault);
	hv_status(hvpt_device_attach(&f->device[0], &f->domain[1]),
		  HVPT_ERR_HV_MEMORY);
	hv_heal(f);
}

static void make_detach_doubt(struct hv_fixture *f, enum hypervisor_fault fault)
{
	make_attached(f, fault);
	refuse(f, HV_DETACH, fault);
	hv_status(hvpt_device_detach(&f->device[0]), HVPT_ERR_HV_MEMORY);
	hv_heal(f);
}

static void make_lost(struct hv_fixture *f, enum hypervisor_fault fault)
{
	make_attached(f, fault);
	hv_lose_state(f);
	refuse(f, HV_ATTACH, HYPERVISOR_FAIL);
	hv_status(hvpt_iommu_resume(&f->iommu, false), HVPT_ERR_HV_MEMORY);
	hv_heal(f);
}

/* There is a blocked domain, and no other. */
static void make_parked(struct hv_fixture *f, enum hypervisor_fault fault)
{
	make_attached(f, fault);
	hv_lose_state(f);
	hv_inject(f, HV_CREATE, 2, UINT64_MAX, HYPERVISOR_FAIL, HV_RAW_MEMORY);
	hv_status(hvpt_iommu_resume(&f->iommu, false), HVPT_ERR_HV_MEMORY);
	hv_heal(f);
}

static const struct {
	const char *name; /* the row of the table */
	void (*make)(struct hv_fixture *f, enum hypervisor_fault fault);
	enum hvpt_device_state state;
} states[] = {
	{ "new", make_new, HVPT_DEVICE_NEW },
	{ "attached", make_attached, HVPT_DEVICE_ATTACHED },
	{ "detached", make_detached, HVPT_DEVICE_DETACHED },
	{ "in doubt after attach", make_attach_doubt, HVPT_DEVICE_IN_DOUBT },
	{ "in doubt after detach", make_detach_doubt, HVPT_DEVICE_IN_DOUBT },
	{ "lost", make_lost, HVPT_DEVICE_LOST },
	{ "parked", make_parked, HVPT_DEVICE_PARKED },
};

/* ---- calls ----------------------------------------------------------- */

/* What happened, in the words of the table. */
static const char *state_word(const struct hv_fixture *f)
{
	static const char *const words[] = { "new",	 "attached", "detached",
					     "in doubt", "lost",     "parked" };

	if (!f->device_live[0])
		return "forgotten";
	return words[hvpt_device_state(&f->device[0])];
}

/* A call that hvpt refuses changes nothing; the cell has its status. */
static const char *word_of(const struct hv_fixture *f, enum hvpt_status status)
{
	if (status != HVPT_OK && status < HVPT_ERR_NO_MEMORY)
		return hvpt_status_name(status) + strlen("HVPT_ERR_");
	return state_word(f);
}

static const char *call_attach(struct hv_fixture *f)
{
	return word_of(f, hvpt_device_attach(&f->device[0], &f->domain[1]));
}

static const char *call_back(struct hv_fixture *f)
{
	return word_of(f, hvpt_device_attach(&f->device[0], &f->domain[0]));
}

static const char *call_block(struct hv_fixture *f)
{
	return word_of(f, hvpt_device_attach(&f->device[0],
					     hvpt_iommu_blocked(&f->iommu)));
}

/* In doubt, two domains are recorded already. */
static const char *call_third(struct hv_fixture *f)
{
	const char *word;

	if (hv_try_make(f, 2) != HVPT_OK)
		return "no domain";
	word = word_of(f, hvpt_device_attach(&f->device[0], &f->domain[2]));
	return word;
}

static const char *call_detach(struct hv_fixture *f)
{
	return word_of(f, hvpt_device_detach(&f->device[0]));
}

static const char *call_remove(struct hv_fixture *f)
{
	enum hvpt_status status = hvpt_device_remove(&f->device[0]);

	f->device_live[0] = status != HVPT_OK;
	return word_of(f, status);
}

static const char *call_gone(struct hv_fixture *f)
{
	hvpt_device_gone(&f->device[0]);
	f->device_live[0] = false;
	return state_word(f);
}

static const char *call_hand_over(struct hv_fixture *f)
{
	enum hvpt_status status = hvpt_device_hand_over(&f->device[0]);

	f->device_live[0] = status != HVPT_OK;
	f->orphans += status == HVPT_OK;
	return word_of(f, status);
}

static const char *call_resume(struct hv_fixture *f)
{
	(void)!hvpt_iommu_resume(&f->iommu, false);
	return state_word(f);
}

static const char *call_retry(struct hv_fixture *f)
{
	(void)!hvpt_iommu_resume(&f->iommu, true);
	return state_word(f);
}

static const char *call_takeover(struct hv_fixture *f)
{
	(void)!hvpt_iommu_takeover(&f->iommu);
	return state_word(f);
}

static const char *call_duty(struct hv_fixture *f)
{
	return hvpt_device_duty(&f->device[0]) == HVPT_ATS_ENABLE ? "enable" :
								    "none";
}

static const char *call_destroy(struct hv_fixture *f)
{
	enum hvpt_status status = hv_try_destroy(f, 0);

	return status == HVPT_OK ? "ok" : word_of(f, status);
}

static const struct {
	const char *name; /* the column of the table */
	const char *(*call)(struct hv_fixture *f);
	uint16_t refused; /* this hypercall; 0: none */
	uint16_t also;
} calls[] = {
	{ "attach", call_attach, 0, 0 },
	{ "refused", call_attach, HV_ATTACH, 0 },
	{ "back", call_back, 0, 0 },
	{ "blocked", call_block, 0, 0 },
	{ "third", call_third, 0, 0 },
	{ "detach", call_detach, 0, 0 },
	{ "DETACH refused", call_detach, HV_DETACH, 0 },
	{ "both refused", call_detach, HV_DETACH, HV_ATTACH },
	{ "remove", call_remove, 0, 0 },
	{ "remove refused", call_remove, HV_ATTACH, 0 },
	{ "gone", call_gone, 0, 0 },
	{ "hand over", call_hand_over, 0, 0 },
	{ "takeover", call_takeover, 0, 0 },
	{ "resume", call_resume, 0, 0 },
	{ "retry", call_retry, 0, 0 },
	{ "resume refused", call_resume, HV_ATTACH, 0 },
	{ "ATS", call_duty, 0, 0 },
	{ "destroy", call_destroy, 0, 0 },
};

/* ---- cells ----------------------------------------------------------- */

struct cell {
	size_t state;
	size_t call;
};

/*
 * Whatever happened, everything can be ended, nothing is left, and nothing is
 * freed too early.
 */
static void end(struct hv_fixture *f)
{
	hv_heal(f);
	hv_no_violation(f);
	hv_ok(hvpt_iommu_resume(&f->iommu, true));
	if (!f->device_live[0])
		hypervisor_remove_device(f->hv, hv_device_id(0));
	hv_take_down(f);
	assert_true(hv_is_clean(f));
}

static void run_cell(const struct cell *cell, const char *want,
		     enum hypervisor_fault made, enum hypervisor_fault refused)
{
	struct hv_fixture *f = malloc(sizeof(*f));

	assert_non_null(f);
	hv_open(f, &hv_plain[0]);
	states[cell->state].make(f, made);
	assert_int_equal(hvpt_device_state(&f->device[0]),
			 states[cell->state].state);
	if (calls[cell->call].refused)
		refuse(f, calls[cell->call].refused, refused);
	if (calls[cell->call].also)
		refuse(f, calls[cell->call].also, refused);
	assert_string_equal(calls[cell->call].call(f), want);
	end(f);
	hv_close(f);
	free(f);
}

/* The table is transposed: a row for each call, a column for each state. */
static void test_cell(void **state)
{
	const struct cell *cell = *state;
	const struct doc_row *row = doc_row(table, table_rows,
					    calls[cell->call].name);
	size_t column = doc_column(&table[0], states[cell->state].name);
	unsigned made, refused;

	for (made = 0; made < 2; made++)
		for (refused = 0; refused < 2; refused++)
			run_cell(cell, row->cell[column], faults[made],
				 faults[refused]);
}

static void test_table(void **state)
{
	(void)state;
	assert_int_equal(table_rows, 1 + HV_COUNT(calls));
	assert_int_equal(table[0].count, 2 + HV_COUNT(states));
}

#define CELLS (HV_COUNT(states) * HV_COUNT(calls))

static int read_table(void **state)
{
	(void)state;
	table_rows = doc_table("SPEC.md", "## Where a device is", table,
			       HV_COUNT(table));
	return 0;
}

int main(void)
{
	static struct CMUnitTest tests[CELLS + 1];
	static struct cell cells[CELLS];
	static char names[CELLS][64];
	size_t i;

	for (i = 0; i < CELLS; i++) {
		cells[i].state = i % HV_COUNT(states);
		cells[i].call = i / HV_COUNT(states);
		snprintf(names[i], sizeof(names[i]), "%s[%s]",
			 calls[cells[i].call].name,
			 states[cells[i].state].name);
		tests[i].name = names[i];
		tests[i].test_func = test_cell;
		tests[i].initial_state = &cells[i];
	}
	tests[CELLS].name = "test_table";
	tests[CELLS].test_func = test_table;
	return _cmocka_run_group_tests("device_states", tests, CELLS + 1,
				       read_table, NULL);
}
