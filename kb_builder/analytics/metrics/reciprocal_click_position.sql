-- Mean reciprocal click position
-- numerator: 1 / position of the first click, summed
-- denominator: committed queries with a click
WITH per_visit AS (
    SELECT visit_id, SUM(1.0 / first_position) AS numerator, COUNT(*) AS denominator
    FROM queries
    WHERE first_position >= 1
    GROUP BY visit_id
)
SELECT visits.day, visits.locale, visits.audience, COUNT(*) AS visits,
    ROUND(SUM(numerator), 9) AS numerator, SUM(denominator) AS denominator,
    ROUND(SUM(numerator * numerator), 9) AS numerator_squares, ROUND(SUM(numerator * denominator), 9) AS products,
    SUM(denominator * denominator) AS denominator_squares
FROM per_visit JOIN visits ON per_visit.visit_id = visits.visit_id
GROUP BY visits.day, visits.locale, visits.audience
