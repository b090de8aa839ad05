import assert from 'node:assert/strict';
import { test } from 'node:test';

import { confidenceIn } from '../../search/client/confidence.js';
import { sharedCases } from './shared.mjs';

const scored = [{ article: 0, score: 100, lexical: 50 }];
const matches = { slots: [{ matches: [] }], absent: 0, words: ['word'] };

test('claims what Python claims, from nothing to everything', () => {
  for (const [base, percent] of sharedCases('confidence.json').cases) {
    assert.equal(confidenceIn(scored, matches, { articles: 3, confidence: [base, 0, 0, 0] }), percent, `${base}`);
  }
});

test('claims even odds for files that say nothing of confidence', () => {
  assert.equal(confidenceIn(scored, matches, { articles: 3 }), 50);
});
