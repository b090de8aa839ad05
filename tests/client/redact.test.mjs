import assert from 'node:assert/strict';
import { test } from 'node:test';

import { redact } from '../../search/client/redact.js';
import { sharedCases } from './shared.mjs';

const { orders, cases } = sharedCases('redaction.json');

cases.forEach(({ text, redacted }, i) => {
  test(`finds the same personal data as Python does, case ${i}`, () => {
    assert.equal(redact(text, orders), redacted);
  });
});

test('knows no order numbers when there are none', () => {
  assert.equal(redact('LF-482019 and jo@mail.example', ''), 'LF-482019 and [email]');
});
