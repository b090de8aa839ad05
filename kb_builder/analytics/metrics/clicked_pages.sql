-- Which pages the clicks of a query led to, and how low they stood
-- numerator: visits that clicked the page for these words
-- denominator: visits that searched these words
WITH searched AS (
    SELECT text, locale, COUNT(DISTINCT visit_id) AS visits
    FROM queries
    GROUP BY text, locale
)
SELECT queries.text, queries.locale, queries.last_page AS page, COUNT(DISTINCT queries.visit_id) AS numerator,
    MIN(searched.visits) AS denominator, COUNT(DISTINCT queries.day) AS days, ROUND(AVG(queries.first_position), 6) AS position
FROM queries JOIN searched ON queries.text = searched.text AND queries.locale = searched.locale
WHERE queries.clicks > 0
GROUP BY queries.text, queries.locale, queries.last_page
