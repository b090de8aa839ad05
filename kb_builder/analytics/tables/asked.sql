-- Queries as they were asked, each once in its visit: the same query id again is paging or a filter.
SELECT actions.visit_id, events.query_key, MIN(actions.at_ms) AS at_ms,
    MIN_BY(actions.event_key, actions.at_ms) AS event_key
FROM actions JOIN events ON actions.event_key = events.event_key
WHERE actions.action = 'query' AND events.action = 'query' AND events.query_id IS NOT NULL
    AND events.text IS NOT NULL AND events.text <> ''
GROUP BY actions.visit_id, events.query_key
