-- Committed queries, each in its episode: a visit's consecutive queries on one need.
-- Committed is a query that was clicked, entered, closed or left for 2 seconds. Not counted are: the same query id again
-- (paging, filters); the same words within 2 seconds; and what was typed on, which is a query whose next one begins
-- with it, unless it was clicked or entered.
-- An episode ends after 30 minutes, or where two successive queries share neither a stem nor a clicked page.
WITH asked AS (
    SELECT actions.*
    FROM actions
    WHERE action = 'query' AND query_id IS NOT NULL AND text IS NOT NULL AND text <> ''
    QUALIFY ROW_NUMBER() OVER (PARTITION BY visit_id, query_id ORDER BY at_ms, event_id) = 1
), clicked AS (
    SELECT asked.visit_id, asked.query_id, asked.event_id, asked.at_ms, asked.day, asked.locale, asked.audience,
        asked.user_query, asked.text, asked.stems, asked.result_count, asked.hits, asked.committed_by,
        asked.index_hash, COALESCE(clicks.clicks, 0) AS clicks, clicks.first_click_ms, clicks.last_click_ms,
        clicks.first_position, clicks.first_page, clicks.last_page, clicks.pages
    FROM asked LEFT JOIN clicks ON asked.visit_id = clicks.visit_id AND asked.query_id = clicks.query_id
), neighbours AS (
    SELECT clicked.*,
        LAG(text) OVER (PARTITION BY visit_id ORDER BY at_ms, event_id) AS text_before,
        at_ms - LAG(at_ms) OVER (PARTITION BY visit_id ORDER BY at_ms, event_id) AS since_ms,
        LEAD(text) OVER (PARTITION BY visit_id ORDER BY at_ms, event_id) AS text_behind,
        LEAD(at_ms) OVER (PARTITION BY visit_id ORDER BY at_ms, event_id) - at_ms AS until_ms
    FROM clicked
), committed AS (
    SELECT *
    FROM neighbours
    WHERE NOT (text_before IS NOT NULL AND text_before = text AND since_ms <= 2000 AND clicks = 0)
        AND NOT (committed_by IS NULL AND clicks = 0 AND until_ms IS NOT NULL AND until_ms < 2000)
        AND NOT (
            text_behind IS NOT NULL AND text_behind <> text AND STARTS_WITH(text_behind, text) AND clicks = 0
            AND COALESCE(committed_by, '') <> 'enter' AND until_ms <= 1800000)
), paired AS (
    SELECT committed.*,
        LAG(stems) OVER (PARTITION BY visit_id ORDER BY at_ms, event_id) AS stems_before,
        LAG(pages) OVER (PARTITION BY visit_id ORDER BY at_ms, event_id) AS pages_before,
        LAG(at_ms) OVER (PARTITION BY visit_id ORDER BY at_ms, event_id) AS before_ms
    FROM committed
), marked AS (
    SELECT paired.*,
        CASE WHEN before_ms IS NULL THEN 1
            WHEN at_ms - before_ms > 1800000 THEN 1
            WHEN stems && stems_before THEN 0
            WHEN pages IS NOT NULL AND pages_before IS NOT NULL AND pages && pages_before THEN 0
            ELSE 1 END AS is_first
    FROM paired
), numbered AS (
    SELECT marked.*,
        SUM(is_first) OVER (PARTITION BY visit_id ORDER BY at_ms, event_id) AS episode
    FROM marked
)
SELECT visit_id, query_id, event_id, at_ms, day, locale, audience, user_query, text, stems, result_count, hits,
    committed_by, index_hash, clicks, first_click_ms, last_click_ms, first_position, first_page, last_page, episode,
    ROW_NUMBER() OVER (PARTITION BY visit_id, episode ORDER BY at_ms, event_id) AS place,
    LEAD(query_id) OVER (PARTITION BY visit_id, episode ORDER BY at_ms, event_id) IS NOT NULL AS is_reformulated,
    LEAD(text) OVER (PARTITION BY visit_id, episode ORDER BY at_ms, event_id) AS next_text
FROM numbered
