/**
 * When a contact channel is open: its hours, in its own time zone, become instants.
 */

const DAY_MS = 86_400_000;
const HORIZON_DAYS = 21; // A channel that opens no sooner is said to be closed, without a time.

/**
 * Opening hours as pages carry them.
 *
 * @typedef {object} Hours
 * @property {{ days: number[], opens: string, closes: string }[]} spans - 0 is Monday; `HH:MM`, `24:00` is midnight.
 * @property {string} zone - IANA time zone.
 * @property {string[]} holidays - Days without hours, `YYYY-MM-DD`.
 */

/**
 * @param {Hours} hours
 * @param {Date} now
 * @returns {{ open: boolean, changes: Date | null }} Whether it is open, and when that changes next; null: not within weeks.
 */
export function openState(hours, now) {
  const spans = upcoming(hours, now);
  let until = spans.find(([opens, closes]) => opens <= now.getTime() && now.getTime() < closes)?.[1];
  if (until === undefined) {
    const next = spans.find(([opens]) => opens > now.getTime());
    return { open: false, changes: next ? new Date(next[0]) : null };
  }
  for (const [opens, closes] of spans) if (opens <= until && closes > until) until = closes; // Open past midnight.
  return { open: true, changes: until - now.getTime() < (HORIZON_DAYS - 2) * DAY_MS ? new Date(until) : null };
}

/**
 * @param {Hours} hours
 * @param {Date} now
 * @returns {[number, number][]} When it opens and closes, in milliseconds, from yesterday on.
 */
function upcoming({ spans, zone, holidays }, now) {
  const today = wallTime(now.getTime(), zone) - (wallTime(now.getTime(), zone) % DAY_MS);
  const days = Array.from({ length: HORIZON_DAYS }, (_, i) => today + (i - 1) * DAY_MS);
  const found = /** @type {[number, number][]} */ ([]);
  for (const day of days) {
    if (holidays.includes(new Date(day).toISOString().slice(0, 10))) continue;
    const weekday = (new Date(day).getUTCDay() + 6) % 7;
    for (const span of spans) {
      if (!span.days.includes(weekday)) continue;
      found.push([toInstant(day + clockMs(span.opens), zone), toInstant(day + clockMs(span.closes), zone)]);
    }
  }
  return found.sort(([one], [other]) => one - other);
}

/**
 * @param {string} clock - `HH:MM`.
 * @returns {number}
 */
function clockMs(clock) {
  const [hour, minute] = clock.split(':').map(Number);
  return (hour * 60 + minute) * 60_000;
}

/**
 * @param {number} instant - Milliseconds.
 * @param {string} zone
 * @returns {number} What clocks show there, as if it were UTC.
 */
function wallTime(instant, zone) {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric',
  });
  const part = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute);
}

/**
 * @param {number} wall - What clocks show, as if it were UTC.
 * @param {string} zone
 * @returns {number} The instant; where clocks are turned, twice corrected is right.
 */
function toInstant(wall, zone) {
  let instant = wall;
  for (let i = 0; i < 2; i++) instant += wall - wallTime(instant, zone);
  return instant;
}
