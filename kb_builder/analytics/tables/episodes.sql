-- One row for each episode. It succeeds, as far as can be seen, when the last click of its last query was read for at least
-- 10 seconds and no contact followed in the visit.
-- "No further query" is within the episode: the next episode is another need.
WITH ends AS (
    SELECT queries.visit_id, queries.episode, queries.day, queries.locale, queries.audience, queries.clicks,
        queries.last_page, queries.last_click_ms, queries.place AS queries
    FROM queries
    WHERE NOT queries.is_reformulated
), readings AS (
    SELECT ends.visit_id, ends.episode, MAX(views.dwell_seconds) AS dwell_seconds
    FROM ends JOIN views
        ON views.visit_id = ends.visit_id AND views.page = ends.last_page AND views.at_ms >= ends.last_click_ms
    GROUP BY ends.visit_id, ends.episode
)
SELECT ends.*, COALESCE(readings.dwell_seconds, 0) AS dwell_seconds,
    COALESCE(readings.dwell_seconds, 0) >= 10
        AND NOT COALESCE(contacts.contact_ms >= ends.last_click_ms, FALSE) AS is_success
FROM ends
    LEFT JOIN readings ON ends.visit_id = readings.visit_id AND ends.episode = readings.episode
    LEFT JOIN contacts ON ends.visit_id = contacts.visit_id
