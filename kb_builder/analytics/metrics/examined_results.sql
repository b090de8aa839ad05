-- Clicks and examinations of each page for each query text, for the simplified dynamic Bayesian network click model
-- numerator: queries in which the page was clicked
-- denominator: clicked queries in which it stood at or above the last click
-- last counts the queries whose last click it was. Source of the model: Chapelle and Zhang, WWW 2009.
WITH lists AS (
    SELECT visit_id, query_id, text, locale, hits, last_page, last_click_ms
    FROM queries
    WHERE clicks > 0 AND hits IS NOT NULL
), shown AS (
    SELECT lists.visit_id, lists.query_id, lists.text, lists.locale, lists.last_page, hit.page,
        hit.place - MIN(hit.place) OVER (PARTITION BY lists.visit_id, lists.query_id) + 1 AS place
    FROM lists CROSS JOIN UNNEST(lists.hits) WITH ORDINALITY AS hit(page, place)
), lowest AS (
    SELECT visit_id, query_id, MAX(position) AS position
    FROM actions
    WHERE action = 'click' AND query_id IS NOT NULL
    GROUP BY visit_id, query_id
), clicked AS (
    SELECT DISTINCT visit_id, query_id, object_id AS page FROM actions WHERE action = 'click' AND query_id IS NOT NULL
)
SELECT shown.text, shown.locale, shown.page, COUNT(clicked.page) AS numerator, COUNT(*) AS denominator,
    COUNT(*) FILTER (WHERE shown.page = shown.last_page) AS last, COUNT(DISTINCT shown.visit_id) AS visits
FROM shown
    JOIN lowest ON shown.visit_id = lowest.visit_id AND shown.query_id = lowest.query_id
    LEFT JOIN clicked ON shown.visit_id = clicked.visit_id AND shown.query_id = clicked.query_id
        AND shown.page = clicked.page
WHERE shown.place <= lowest.position
GROUP BY shown.text, shown.locale, shown.page
