/**
 * Replace personal data in a text by typed markers. Twin of kb_builder/analytics/redact.py, which says what is found;
 * both run tests/shared/redaction.json.
 */

const { raw } = String;
const BEFORE_ORDERS = [
  raw`(?<!\p{Nd})(?:(?:19|20)\p{Nd}{2}([-.\/])\p{Nd}{1,2}\1\p{Nd}{1,2}|\p{Nd}{1,2}([-.\/])\p{Nd}{1,2}\2(?:19|20)\p{Nd}{2})(?!\p{Nd})`,
  raw`(?<link>(?:https?:\/\/|www\.)\S{0,300}[?#=@]\S*)`,
  raw`(?<email>[^\s@＠<>()\[\],;:\x22]{1,64} ?[@＠] ?[\p{L}\p{N}.-]{1,190}\.[\p{L}\p{N}-]{2,63})`,
  raw`(?<iban>(?<![A-Za-z0-9])[A-Za-z]{2}[0-9]{2}(?:[A-Za-z0-9]{11,30}(?![A-Za-z0-9])|(?: ?[A-Za-z]{4})?(?:[ -]?(?=[A-Za-z]{0,3}[0-9])[A-Za-z0-9]{4}){2,7}(?:[ -]?(?=[A-Za-z]{0,2}[0-9])[A-Za-z0-9]{1,3}(?![A-Za-z0-9]))?))`,
  raw`(?<card>(?<![0-9])[0-9](?:[ -]?[0-9]){12,18}(?![0-9]))`,
];
const BEHIND_ORDERS = [
  raw`(?<phone>(?:\+|\((?=[+\p{Nd}])|(?<!\p{Nd})(?=0))\+?\p{Nd}(?:[ .\/()\u2010-\u2015-]{0,2}\p{Nd}){7,14}(?!\p{Nd}))`,
  raw`(?<number>\p{Nd}{7,}|\p{Nd}(?:[ .\u2010-\u2015-]?\p{Nd}){8,})`,
  raw`(?<token>(?=[A-Za-z_-]{0,40}[0-9])[A-Za-z0-9_-]{20,})`,
];

/**
 * @param {string} text
 * @param {string} [orders] - Order numbers, as the expression that the settings became.
 * @returns {string}
 */
export function redact(text, orders) {
  const found = [...BEFORE_ORDERS, ...(orders ? [`(?<order>${orders})`] : []), ...BEHIND_ORDERS];
  return text
    .replace(/\p{Cf}+/gu, '')
    .replace(/[\p{Cc}\p{Cs}\s]+/gu, ' ')
    .trim()
    .replace(RegExp(found.join('|'), 'gu'), (match, ...rest) => {
      const groups = rest.at(-1);
      const kind = Object.keys(groups).find((name) => groups[name]);
      return kind ? `[${kind === 'card' && !luhn(match) ? 'number' : kind}]` : match; // It is a date.
    });
}

/**
 * @param {string} number
 * @returns {boolean} Its check digit is that of a card.
 */
function luhn(number) {
  const digits = (number.match(/[0-9]/g) ?? []).reverse().map(Number);
  return digits.reduce((sum, digit, i) => sum + digit + (i % 2 && digit - (digit > 4 ? 9 : 0)), 0) % 10 === 0;
}
