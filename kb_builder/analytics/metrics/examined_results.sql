-- Clicks and examinations of each page for each query text, for the simplified dynamic Bayesian network click model
-- numerator: queries in which the page was clicked
-- denominator: clicked queries in which it stood at or above the last click
-- last counts the queries whose last click it was. Source of the model: Chapelle and Zhang, WWW 2009.
WITH lists AS (
    SELECT queries.visit_id, queries.event_key, queries.text, queries.locale, queries.last_page, queries.pages,
        queries.lowest_position, events.hits
    FROM queries JOIN events ON queries.event_key = events.event_key
    WHERE queries.clicks > 0 AND events.hits IS NOT NULL
), shown AS (
    SELECT lists.visit_id, lists.event_key, lists.text, lists.locale, lists.last_page, lists.pages,
        lists.lowest_position, hit.page,
        hit.place - MIN(hit.place) OVER (PARTITION BY lists.event_key) + 1 AS place
    FROM lists CROSS JOIN UNNEST(lists.hits) WITH ORDINALITY AS hit(page, place)
)
SELECT text, locale, page, COUNT(*) FILTER (WHERE ARRAY_CONTAINS(pages, page)) AS numerator, COUNT(*) AS denominator,
    COUNT(*) FILTER (WHERE page = last_page) AS last, COUNT(DISTINCT visit_id) AS visits
FROM shown
WHERE place <= lowest_position
GROUP BY text, locale, page
