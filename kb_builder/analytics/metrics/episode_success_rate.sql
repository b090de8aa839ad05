-- Episode success (proxy: nobody said so)
-- numerator: episodes whose last click was read for 10 seconds or more, with no contact afterwards
-- denominator: episodes
WITH per_visit AS (
    SELECT visit_id, COUNT(*) FILTER (WHERE is_success) AS numerator, COUNT(*) AS denominator
    FROM episodes
    GROUP BY visit_id
)
SELECT visits.day, visits.locale, visits.audience, COUNT(*) AS visits,
    SUM(numerator) AS numerator, SUM(denominator) AS denominator,
    SUM(numerator * numerator) AS numerator_squares, SUM(numerator * denominator) AS products,
    SUM(denominator * denominator) AS denominator_squares
FROM per_visit JOIN visits ON per_visit.visit_id = visits.visit_id
GROUP BY visits.day, visits.locale, visits.audience
