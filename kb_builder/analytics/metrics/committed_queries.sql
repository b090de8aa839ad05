-- Committed queries a visit
-- numerator: committed queries (tables/queries.sql)
-- denominator: visits, with or without a search
WITH per_visit AS (
    SELECT visits.visit_id, COUNT(queries.event_key) AS numerator, 1 AS denominator
    FROM visits LEFT JOIN queries ON visits.visit_id = queries.visit_id
    GROUP BY visits.visit_id
)
SELECT visits.day, visits.locale, visits.audience, COUNT(*) AS visits,
    SUM(numerator) AS numerator, SUM(denominator) AS denominator,
    SUM(numerator * numerator) AS numerator_squares, SUM(numerator * denominator) AS products,
    SUM(denominator * denominator) AS denominator_squares
FROM per_visit JOIN visits ON per_visit.visit_id = visits.visit_id
GROUP BY visits.day, visits.locale, visits.audience
