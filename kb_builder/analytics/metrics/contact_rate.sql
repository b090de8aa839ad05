-- Contact rate
-- numerator: visits with a contact signal
-- denominator: visits
WITH per_visit AS (
    SELECT visit_id, CASE WHEN contact_ms IS NOT NULL THEN 1 ELSE 0 END AS numerator, 1 AS denominator
    FROM visits
)
SELECT visits.day, visits.locale, visits.audience, COUNT(*) AS visits,
    SUM(numerator) AS numerator, SUM(denominator) AS denominator,
    SUM(numerator * numerator) AS numerator_squares, SUM(numerator * denominator) AS products,
    SUM(denominator * denominator) AS denominator_squares
FROM per_visit JOIN visits ON per_visit.visit_id = visits.visit_id
GROUP BY visits.day, visits.locale, visits.audience
