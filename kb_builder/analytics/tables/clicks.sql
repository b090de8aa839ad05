-- The clicks on the results of each query.
SELECT visit_id, query_id, COUNT(*) AS clicks, MIN(at_ms) AS first_click_ms, MAX(at_ms) AS last_click_ms,
    MIN_BY(position, at_ms) AS first_position, MIN_BY(object_id, at_ms) AS first_page,
    MAX_BY(object_id, at_ms) AS last_page, ARRAY_AGG(DISTINCT object_id) AS pages
FROM actions
WHERE action = 'click' AND query_id IS NOT NULL
GROUP BY visit_id, query_id
