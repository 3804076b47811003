/**
 * Loaded before a program (NODE_OPTIONS=--import=…): its wall clock is CLOCK_SHIFT_SECONDS ahead. Timers and durations are
 * not touched, as with a clock that was set wrongly.
 */
const shift = Number(process.env.CLOCK_SHIFT_SECONDS) * 1_000;
const RealDate = Date;

globalThis.Date = class Date extends RealDate {
  constructor(...values) {
    if (values.length === 0) super(RealDate.now() + shift);
    else super(...values);
  }

  static now() {
    return RealDate.now() + shift;
  }
};
