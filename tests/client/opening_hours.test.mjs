import assert from 'node:assert/strict';
import { test } from 'node:test';

import { openState } from '../../search/client/opening_hours.js';

const WEEK = [0, 1, 2, 3, 4];
const LONDON = { zone: 'Europe/London', holidays: [], spans: [{ days: WEEK, opens: '08:00', closes: '20:00' }] };

/** @param {object} hours @param {string} now */
function at(hours, now) {
  const { open, changes } = openState({ ...LONDON, ...hours }, new Date(now));
  return [open, changes?.toISOString().slice(0, 16) ?? null];
}

test('open hours are those of the channel, wherever the reader is', () => {
  assert.deepEqual(at({}, '2026-06-01T06:59:00Z'), [false, '2026-06-01T07:00']); // Summer time: 08:00 there.
  assert.deepEqual(at({}, '2026-06-01T07:00:00Z'), [true, '2026-06-01T19:00']);
  assert.deepEqual(at({}, '2026-06-01T19:00:00Z'), [false, '2026-06-02T07:00']);
  assert.deepEqual(at({ zone: 'Asia/Tokyo' }, '2026-06-01T00:00:00Z'), [true, '2026-06-01T11:00']);
});

test('a weekend and a holiday are passed over', () => {
  assert.deepEqual(at({}, '2026-12-19T12:00:00Z'), [false, '2026-12-21T08:00']);
  assert.deepEqual(at({ holidays: ['2026-12-25', '2026-12-28'] }, '2026-12-25T12:00:00Z'), [false, '2026-12-29T08:00']);
});

test('the day on which clocks are turned keeps the hours that clocks show', () => {
  const sunday = { spans: [{ days: [6], opens: '08:00', closes: '20:00' }] };

  assert.deepEqual(at(sunday, '2026-10-25T07:59:00Z'), [false, '2026-10-25T08:00']);
  assert.deepEqual(at(sunday, '2026-10-24T12:00:00Z'), [false, '2026-10-25T08:00']);
  assert.deepEqual(at(sunday, '2026-03-29T06:59:00Z'), [false, '2026-03-29T07:00']);
});

test('two stretches of one day are two, a night is one', () => {
  const noon = { spans: [{ days: WEEK, opens: '08:00', closes: '12:00' }, { days: WEEK, opens: '13:00', closes: '17:00' }] };
  const night = { spans: [{ days: [0], opens: '20:00', closes: '24:00' }, { days: [1], opens: '00:00', closes: '04:00' }] };

  assert.deepEqual(at(noon, '2026-12-07T11:00:00Z'), [true, '2026-12-07T12:00']);
  assert.deepEqual(at(noon, '2026-12-07T12:30:00Z'), [false, '2026-12-07T13:00']);
  assert.deepEqual(at(night, '2026-12-07T21:00:00Z'), [true, '2026-12-08T04:00']);
});

test('what never closes or never opens says no time', () => {
  const always = { spans: [{ days: [0, 1, 2, 3, 4, 5, 6], opens: '00:00', closes: '24:00' }] };

  assert.deepEqual(at(always, '2026-12-07T11:00:00Z'), [true, null]);
  assert.deepEqual(at({ spans: [] }, '2026-12-07T11:00:00Z'), [false, null]);
});
