const STATES = 12;
/** Places in the one array of bit probabilities. Each is the first of its kind; trees are heap-ordered, their entry 0 unused. */
export const IS_MATCH = 0;
export const IS_REP = IS_MATCH + STATES * 16;
export const IS_REP0 = IS_REP + STATES;
export const IS_REP1 = IS_REP0 + STATES;
export const IS_REP2 = IS_REP1 + STATES;
export const IS_REP0_LONG = IS_REP2 + STATES;
/** Four trees of 64: the slot of a distance, by the length of its match. */
export const SLOT = IS_REP0_LONG + STATES * 16;
/** Reverse trees of the distances in slots 4 to 13; the tree of a slot begins where its distances do, less the slot. */
export const SPECIAL = SLOT + 4 * 64;
/** The reverse tree of the lowest four bits of distances in slots from 14. */
export const ALIGN = SPECIAL + 128;
/** A length coder: two choices, then 16 trees of 8 (low), 16 of 8 (middle) and one of 256 (high). */
export const LENGTH_LOW = 2;
export const LENGTH_MIDDLE = LENGTH_LOW + 16 * 8;
export const LENGTH_HIGH = LENGTH_MIDDLE + 16 * 8;
/** The length coders of matches and of repeats. */
export const MATCH_LENGTH = ALIGN + 16;
export const REP_LENGTH = MATCH_LENGTH + LENGTH_HIGH + 256;
/** 0x300 for each combination of lc and lp bits of context, which are at most four. */
export const LITERAL = REP_LENGTH + LENGTH_HIGH + 256;
/** How many there are in all. */
export const PROBABILITIES = LITERAL + (0x300 << 4);
