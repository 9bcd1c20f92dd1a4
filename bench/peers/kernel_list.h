/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * kernel_list.h - the lists of kernel.h, which includes this.
 */
#ifndef PEERS_KERNEL_LIST_H
#define PEERS_KERNEL_LIST_H

struct list_head {
	struct list_head *next;
	struct list_head *prev;
};

#define LIST_HEAD_INIT(list)                                                   \
	{                                                                      \
		&(list), &(list)                                               \
	}

static inline void INIT_LIST_HEAD(struct list_head *list)
{
	WRITE_ONCE(list->next, list);
	WRITE_ONCE(list->prev, list);
}

static inline bool list_empty(const struct list_head *list)
{
	return READ_ONCE(list->next) == list;
}

static inline void list_add_tail(struct list_head *item, struct list_head *list)
{
	struct list_head *last = list->prev;

	item->prev = last;
	item->next = list;
	list->prev = item;
	WRITE_ONCE(last->next, item);
}

/* Moves the entries of @from to the front of @list. */
static inline void list_splice(const struct list_head *from,
			       struct list_head *list)
{
	struct list_head *first = from->next;
	struct list_head *last = from->prev;

	if (first == from)
		return;
	last->next = list->next;
	list->next->prev = last;
	first->prev = list;
	list->next = first;
}

#endif /* PEERS_KERNEL_LIST_H */
