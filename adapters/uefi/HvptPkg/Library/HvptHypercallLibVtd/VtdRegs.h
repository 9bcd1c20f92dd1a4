/** @file
  Registers and invalidation descriptors of VT-d, as far as Vtd.c uses them.
  Numbers are chapters of the VT-d specification.

  Copyright (c) 2026 The hvpt authors

  SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
**/

#ifndef HVPT_VTD_REGS_H_
#define HVPT_VTD_REGS_H_

//
// Registers: 11.4.
//
#define REG_CAP     0x08
#define REG_ECAP    0x10
#define REG_GCMD    0x18
#define REG_GSTS    0x1c
#define REG_RTADDR  0x20
#define REG_FSTS    0x34
#define REG_FECTL   0x38
#define REG_IQT     0x88
#define REG_IQA     0x90

#define ECAP_SCALABLE      0x0000080000000000ULL
#define ECAP_FIRST_STAGE   0x0000800000000000ULL
#define CMD_TRANSLATE      0x80000000U
#define CMD_ROOT           0x40000000U
#define CMD_QUEUE          0x04000000U
#define STATUS_STICKY      0x96ffffffU
#define RTADDR_SCALABLE    0x400
#define IQA_WIDE           0x800
#define FECTL_MASKED       0x80000000U

//
// Descriptors of 256 bits: 6.5.2.
//
#define QUEUE_DESCRIPTORS   128
#define INV_CONTEXT_GLOBAL  0x11
#define INV_PASID_GLOBAL    0x37
#define INV_IOTLB_GLOBAL    0x12
#define INV_PIOTLB_ALL      0x26
#define INV_PIOTLB_PAGES    0x36
#define INV_WAIT            0x25

#endif
