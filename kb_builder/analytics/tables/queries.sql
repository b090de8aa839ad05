-- Committed queries, each in its episode: a visit's consecutive queries on one need.
-- An episode ends after 30 minutes, or where two successive queries share neither a stem nor a clicked page.
WITH paired AS (
    SELECT committed.visit_id, committed.event_key, committed.at_ms, committed.text, events.stems, clicks.pages,
        LAG(events.stems) OVER (PARTITION BY committed.visit_id ORDER BY committed.at_ms, committed.text)
            AS stems_before,
        LAG(clicks.pages) OVER (PARTITION BY committed.visit_id ORDER BY committed.at_ms, committed.text)
            AS pages_before,
        LAG(committed.at_ms) OVER (PARTITION BY committed.visit_id ORDER BY committed.at_ms, committed.text)
            AS before_ms
    FROM committed JOIN events ON committed.event_key = events.event_key
        LEFT JOIN clicks ON committed.visit_id = clicks.visit_id AND committed.query_key = clicks.query_key
    WHERE events.action = 'query'
), marked AS (
    SELECT visit_id, event_key, at_ms, text,
        CASE WHEN before_ms IS NULL THEN 1
            WHEN at_ms - before_ms > 1800000 THEN 1
            WHEN stems && stems_before THEN 0
            WHEN pages IS NOT NULL AND pages_before IS NOT NULL AND pages && pages_before THEN 0
            ELSE 1 END AS is_first
    FROM paired
), numbered AS (
    SELECT marked.*, SUM(is_first) OVER (PARTITION BY visit_id ORDER BY at_ms, text) AS episode
    FROM marked
), placed AS (
    SELECT visit_id, event_key, episode,
        ROW_NUMBER() OVER (PARTITION BY visit_id, episode ORDER BY at_ms, text) AS place,
        LEAD(text) OVER (PARTITION BY visit_id, episode ORDER BY at_ms, text) AS next_text
    FROM numbered
)
SELECT committed.visit_id, committed.event_key, committed.at_ms, events.day, events.locale, events.audience,
    committed.text, events.result_count, committed.committed_by, COALESCE(clicks.clicks, 0) AS clicks,
    clicks.first_click_ms, clicks.last_click_ms, clicks.first_position, clicks.lowest_position, clicks.first_page,
    clicks.last_page, clicks.pages, placed.episode, placed.place, placed.next_text IS NOT NULL AS is_reformulated,
    placed.next_text
FROM committed JOIN placed ON committed.event_key = placed.event_key
    JOIN events ON committed.event_key = events.event_key
    LEFT JOIN clicks ON committed.visit_id = clicks.visit_id AND committed.query_key = clicks.query_key
WHERE events.action = 'query'
