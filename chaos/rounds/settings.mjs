// @ts-check
// How the services of a run are set, as an operator might: with the usual values, a run would consist of waiting.

/** The usual end is two minutes. */
export const retryDelays = '1s,2s,5s,10s';
/** Usually a minute. */
export const reannounceAfterMs = 20_000;
