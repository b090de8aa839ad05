-- The clicks on the results of each query.
SELECT actions.visit_id, events.query_key, COUNT(*) AS clicks, MIN(actions.at_ms) AS first_click_ms,
    MAX(actions.at_ms) AS last_click_ms, MIN_BY(events.position, actions.at_ms) AS first_position,
    MAX(events.position) AS lowest_position, MIN_BY(events.object_id, actions.at_ms) AS first_page,
    MAX_BY(events.object_id, actions.at_ms) AS last_page, ARRAY_AGG(DISTINCT events.object_id) AS pages
FROM actions JOIN events ON actions.event_key = events.event_key
WHERE actions.action = 'click' AND events.action = 'click' AND events.query_id IS NOT NULL
GROUP BY actions.visit_id, events.query_key
