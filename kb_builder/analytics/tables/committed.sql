-- Those of the asked queries that were committed: clicked, entered, closed or left for 2 seconds. Not counted are the
-- same words within 2 seconds, and what was typed on, which is a query whose next one begins with it, unless it was
-- clicked or entered.
WITH neighbours AS (
    SELECT asked.visit_id, asked.event_key, asked.query_key, asked.at_ms, events.text, events.committed_by,
        COALESCE(clicks.clicks, 0) AS clicks,
        LAG(events.text) OVER (PARTITION BY asked.visit_id ORDER BY asked.at_ms, events.text) AS text_before,
        asked.at_ms - LAG(asked.at_ms) OVER (PARTITION BY asked.visit_id ORDER BY asked.at_ms, events.text)
            AS since_ms,
        LEAD(events.text) OVER (PARTITION BY asked.visit_id ORDER BY asked.at_ms, events.text) AS text_behind,
        LEAD(asked.at_ms) OVER (PARTITION BY asked.visit_id ORDER BY asked.at_ms, events.text) - asked.at_ms
            AS until_ms
    FROM asked JOIN events ON asked.event_key = events.event_key
        LEFT JOIN clicks ON asked.visit_id = clicks.visit_id AND asked.query_key = clicks.query_key
    WHERE events.action = 'query'
)
SELECT visit_id, event_key, query_key, at_ms, text, committed_by
FROM neighbours
WHERE NOT (text_before IS NOT NULL AND text_before = text AND since_ms <= 2000 AND clicks = 0)
    AND NOT (committed_by IS NULL AND clicks = 0 AND until_ms IS NOT NULL AND until_ms < 2000)
    AND NOT (
        text_behind IS NOT NULL AND text_behind <> text AND STARTS_WITH(text_behind, text) AND clicks = 0
        AND COALESCE(committed_by, '') <> 'enter' AND until_ms <= 1800000)
