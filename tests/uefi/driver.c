/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The driver as one unit, so that tests can reset its state: a process runs
 * many boots.
 */
#include "driver.h"

#include "HvptIoMmuDxe/Bounce.c"
#include "HvptIoMmuDxe/Device.c"
#include "HvptIoMmuDxe/Mapping.c"
#include "HvptIoMmuDxe/Pages.c"
#include "HvptIoMmuDxe/Grant.c"
#include "HvptIoMmuDxe/Buffer.c"
#include "HvptIoMmuDxe/Access.c"
#include "HvptIoMmuDxe/Protocol.c"
#include "HvptIoMmuDxe/HandOverTable.c"
#include "HvptIoMmuDxe/HandOver.c"
#include "HvptIoMmuDxe/Exit.c"
#include "HvptIoMmuDxe/Entry.c"

void driver_reset(void)
{
	ZeroMem(&gHvptIommu, sizeof(gHvptIommu));
	gHvptDevices = NULL;
	ZeroMem(mChunks, sizeof(mChunks));
	mChunkCount = 0;
	mFirstFree = NO_RECORD;
	mGeneration = 0;
	ZeroMem(mBuffers, sizeof(mBuffers));
	mCallPage = NULL;
	mLent = FALSE;
	gHvptPhase = HvptRunning;
	mTable = NULL;
	mReady = mOldest = mNewest = mSignal = mLate = NULL;
	ZeroMem(&gHvptCounts, sizeof(gHvptCounts));
}

EFI_STATUS driver_start(void)
{
	return HvptIoMmuEntry(NULL, NULL);
}

void driver_copies(uint64_t *bounced, uint64_t *copied)
{
	*bounced = gHvptCounts.Bounced;
	*copied = gHvptCounts.Copied;
}
