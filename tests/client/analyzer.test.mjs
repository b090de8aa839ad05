import assert from 'node:assert/strict';
import { test } from 'node:test';

import { analyze, cutQuery, tokensWithSpans } from '../../search/client/analyzer.js';
import { sharedCases } from './shared.mjs';

for (const { language, text, words } of sharedCases('analyzer.json').cases) {
  test(`splits as Python does (${language}): ${JSON.stringify(text.slice(0, 40))}`, () => {
    assert.deepEqual(analyze(text, language), words);
  });

  test(`gives each word its place (${language}): ${JSON.stringify(text.slice(0, 40))}`, () => {
    const tokens = tokensWithSpans(text, language);

    assert.deepEqual(tokens.map(({ word }) => word), words);
    for (const { start, end } of tokens) {
      assert.ok(start < end && end <= text.length);
      assert.doesNotMatch(text.slice(end, end + 2), /^[\u0300-\u036f]/u, 'a mark stays with its letter');
      assert.doesNotMatch(text.slice(start, start + 1), /^[\udc00-\udfff]/, 'a surrogate pair stays whole');
    }
  });
}

test('cuts a query at 256 code points, however long it is', () => {
  assert.equal(cutQuery('x'.repeat(10_000_000)).length, 256);
  assert.equal([...cutQuery('😀'.repeat(300))].length, 256);
});
