-- Committed queries, each in its episode: a visit's consecutive queries on one need.
-- Committed is a query that was clicked, entered, closed or left for 2 seconds. Not counted are: the same query id again
-- (paging, filters); the same words within 2 seconds; and what was typed on, which is a query whose next one begins
-- with it, unless it was clicked or entered.
-- An episode ends after 30 minutes, or where two successive queries share neither a stem nor a clicked page.
WITH asked AS (
    SELECT actions.visit_id, actions.event_key, actions.at_ms, events.query_id, events.text,
        events.committed_by
    FROM actions JOIN events ON actions.event_key = events.event_key
    WHERE actions.action = 'query' AND events.action = 'query' AND events.query_id IS NOT NULL
        AND events.text IS NOT NULL AND events.text <> ''
    QUALIFY ROW_NUMBER() OVER (
        PARTITION BY actions.visit_id, events.query_id ORDER BY actions.at_ms, events.event_id) = 1
), neighbours AS (
    SELECT asked.visit_id, asked.event_key, asked.at_ms, asked.query_id, asked.text, asked.committed_by,
        COALESCE(clicks.clicks, 0) AS clicks,
        LAG(asked.text) OVER (PARTITION BY asked.visit_id ORDER BY asked.at_ms, asked.query_id) AS text_before,
        asked.at_ms - LAG(asked.at_ms) OVER (PARTITION BY asked.visit_id ORDER BY asked.at_ms, asked.query_id)
            AS since_ms,
        LEAD(asked.text) OVER (PARTITION BY asked.visit_id ORDER BY asked.at_ms, asked.query_id) AS text_behind,
        LEAD(asked.at_ms) OVER (PARTITION BY asked.visit_id ORDER BY asked.at_ms, asked.query_id) - asked.at_ms
            AS until_ms
    FROM asked LEFT JOIN clicks ON asked.visit_id = clicks.visit_id AND asked.query_id = clicks.query_id
), committed AS (
    SELECT visit_id, event_key, at_ms, query_id, text, committed_by
    FROM neighbours
    WHERE NOT (text_before IS NOT NULL AND text_before = text AND since_ms <= 2000 AND clicks = 0)
        AND NOT (committed_by IS NULL AND clicks = 0 AND until_ms IS NOT NULL AND until_ms < 2000)
        AND NOT (
            text_behind IS NOT NULL AND text_behind <> text AND STARTS_WITH(text_behind, text) AND clicks = 0
            AND COALESCE(committed_by, '') <> 'enter' AND until_ms <= 1800000)
), paired AS (
    SELECT committed.visit_id, committed.event_key, committed.at_ms, committed.query_id, events.stems, clicks.pages,
        LAG(events.stems) OVER (PARTITION BY committed.visit_id ORDER BY committed.at_ms, committed.query_id)
            AS stems_before,
        LAG(clicks.pages) OVER (PARTITION BY committed.visit_id ORDER BY committed.at_ms, committed.query_id)
            AS pages_before,
        LAG(committed.at_ms) OVER (PARTITION BY committed.visit_id ORDER BY committed.at_ms, committed.query_id)
            AS before_ms
    FROM committed JOIN events ON committed.event_key = events.event_key
        LEFT JOIN clicks ON committed.visit_id = clicks.visit_id AND committed.query_id = clicks.query_id
    WHERE events.action = 'query'
), marked AS (
    SELECT visit_id, event_key, at_ms, query_id,
        CASE WHEN before_ms IS NULL THEN 1
            WHEN at_ms - before_ms > 1800000 THEN 1
            WHEN stems && stems_before THEN 0
            WHEN pages IS NOT NULL AND pages_before IS NOT NULL AND pages && pages_before THEN 0
            ELSE 1 END AS is_first
    FROM paired
), numbered AS (
    SELECT marked.*, SUM(is_first) OVER (PARTITION BY visit_id ORDER BY at_ms, query_id) AS episode
    FROM marked
), placed AS (
    SELECT numbered.visit_id, numbered.event_key, numbered.at_ms, numbered.episode, numbered.query_id, committed.text,
        committed.committed_by,
        ROW_NUMBER() OVER (
            PARTITION BY numbered.visit_id, numbered.episode ORDER BY numbered.at_ms, numbered.query_id) AS place,
        LEAD(committed.text) OVER (
            PARTITION BY numbered.visit_id, numbered.episode ORDER BY numbered.at_ms, numbered.query_id) AS next_text
    FROM numbered JOIN committed ON numbered.event_key = committed.event_key
)
SELECT placed.visit_id, placed.query_id, placed.event_key, placed.at_ms, events.day, events.locale, events.audience,
    placed.text, events.result_count, placed.committed_by, events.index_hash, COALESCE(clicks.clicks, 0) AS clicks,
    clicks.first_click_ms, clicks.last_click_ms, clicks.first_position, clicks.lowest_position, clicks.first_page,
    clicks.last_page, clicks.pages, placed.episode, placed.place, placed.next_text IS NOT NULL AS is_reformulated,
    placed.next_text
FROM placed JOIN events ON placed.event_key = events.event_key
    LEFT JOIN clicks ON placed.visit_id = clicks.visit_id AND placed.query_id = clicks.query_id
WHERE events.action = 'query'
