/** The one reader of the clock: whole seconds since the epoch. */
export const epochSeconds = (): number => Math.floor(Date.now() / 1_000);
