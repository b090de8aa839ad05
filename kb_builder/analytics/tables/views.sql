-- The articles that visits read, each time.
SELECT actions.visit_id, actions.at_ms, events.page, events.dwell_seconds
FROM actions JOIN events ON actions.event_key = events.event_key
WHERE actions.action = 'view' AND events.action = 'view' AND events.page <> ''
    AND COALESCE(events.application, 'article') = 'article'
