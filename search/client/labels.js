/**
 * Every word the search interface says, in English; a page may bring its own in `data-kb-labels` (JSON, same keys).
 */

const ENGLISH = {
  search_suggestions: 'Search suggestions',
  search_results_for: 'Results for “{query}”',
  search_count_one: '1 result',
  search_count: '{count} results',
  search_count_best: 'The {shown} best of {count} results',
  search_keys: 'Use the up and down arrow keys to choose.',
  search_all: 'See all results for “{query}”',
  search_ask: 'Type a question above, or pick a topic.',
  search_none: 'Nothing found for “{query}”. Try other words, pick a topic or ask us.',
  search_filters: 'Narrow down',
  search_filter_kind: 'Kind',
  search_filter_category: 'Topic',
  search_filter_audience: 'For',
  search_filters_clear: 'Show all',
  search_filters_skip: 'Skip to results',
  search_none_narrowed: 'Nothing found for “{query}” among these.',
  search_answer: 'Answer',
  search_unsure: 'We are not sure that any of these answers your question',
  search_topic: 'Look through {topic}',
  search_corrected: 'Showing results for {words}',
  search_unknown: 'No article has: {words}',
  search_loading: 'Searching…',
  search_failed: 'Search does not answer right now.',
  search_retry: 'Try again',
  search_contact: 'Contact us',
  kind_faq: 'FAQ',
  kind_guide: 'Guide',
  kind_policy: 'Policy',
  kind_announcement: 'Announcement',
  kind_community: 'Community answer',
};

/**
 * Say something: the pieces of a sentence, ready to append. An unknown key says itself.
 *
 * @typedef {(key: string, values?: Record<string, string | Node>) => (string | Node)[]} Say
 */

/**
 * @param {Document} page
 * @returns {Say}
 */
export function readLabels(page) {
  const own = page.querySelector('[data-kb-labels]')?.getAttribute('data-kb-labels');
  const labels = new Map(Object.entries({ ...ENGLISH, ...JSON.parse(own ?? '{}') }));
  return (key, values = {}) =>
    // Split at the braces, every second piece is a name.
    (labels.get(key) ?? key).split(/\{(\w+)\}/).map((piece, i) => (i % 2 ? (values[piece] ?? '') : piece));
}
