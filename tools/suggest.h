/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * suggest.h - the name that somebody meant.
 */
#ifndef TOOLS_SUGGEST_H
#define TOOLS_SUGGEST_H

/* A name that is as short as this, or longer, can be suggested. */
#define SUGGEST_LEAST 3u

/* Longer words resemble nothing. */
#define SUGGEST_MOST 31u

/**
 * suggest_distance() - how many typing mistakes lie between two words
 *
 * A mistake is a letter too many, too few or wrong, or two exchanged
 * neighbours. Return: UINT_MAX if a word is longer than SUGGEST_MOST.
 */
unsigned suggest_distance(const char *a, const char *b);

/**
 * suggest_better() - the more similar of two names
 * @word: as typed
 * @best: the best name so far; NULL: none
 * @name: another one
 *
 * Return: @name if it is like @word and better than @best, else @best.
 */
const char *suggest_better(const char *word, const char *best,
			   const char *name);

#endif /* TOOLS_SUGGEST_H */
