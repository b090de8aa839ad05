import assert from 'node:assert/strict';
import { test } from 'node:test';

import { canBeMisspelled, nearest, splits } from '../../search/client/spelling.js';
import { sharedCases } from './shared.mjs';

const { groups, words, cases } = sharedCases('spelling.json');

for (const expected of cases) {
  test(`reads a mistyped word as Python does: ${expected.typed}`, () => {
    const { typed } = expected;

    assert.equal(canBeMisspelled(typed), expected.can_be_misspelled);
    assert.deepEqual(nearest(typed, groups).map(({ word, edits }) => [word, edits]), expected.nearest);
    assert.deepEqual(splits(typed, (word) => words.includes(word)), expected.splits);
  });
}
