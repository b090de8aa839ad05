import assert from 'node:assert/strict';
import { test } from 'node:test';

import { bestPassage, formsOf, markText } from '../../search/client/excerpts.js';
import { sharedCases } from './shared.mjs';

sharedCases('excerpts.json').cases.forEach(({ language, sections, terms, answer, ...expected }, i) => {
  test(`quotes as Python does, case ${i} (${language})`, () => {
    assert.deepEqual(bestPassage(sections, formsOf(terms), language), expected);
    const { title, ...quoted } = answer;
    assert.deepEqual(bestPassage(sections, formsOf(terms), language, title), quoted);
  });
});

test('marks a title without losing a character of it', () => {
  const forms = formsOf([[9, ['cafe']], [5, ['email']]]);

  const parts = markText('A cafe\u0301, an e-mail 👩‍👩‍👧 <b>', forms, 'en');

  assert.deepEqual(parts, [
    ['A ', false],
    ['cafe\u0301', true],
    [', an ', false],
    ['e-mail', true],
    [' 👩‍👩‍👧 <b>', false],
  ]);
});
