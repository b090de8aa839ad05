-- Form abandonment after a suggestion (assumed, never added to deflection silently)
-- numerator: form visits that opened a suggestion and left without sending and without pressing anything
-- denominator: form visits where suggestions were shown
WITH per_visit AS (
    SELECT visit_id, CASE WHEN is_opened AND NOT is_solved AND NOT has_contact THEN 1 ELSE 0 END AS numerator,
        1 AS denominator
    FROM forms
    WHERE is_shown
)
SELECT visits.day, visits.locale, visits.audience, COUNT(*) AS visits,
    SUM(numerator) AS numerator, SUM(denominator) AS denominator,
    SUM(numerator * numerator) AS numerator_squares, SUM(numerator * denominator) AS products,
    SUM(denominator * denominator) AS denominator_squares
FROM per_visit JOIN visits ON per_visit.visit_id = visits.visit_id
GROUP BY visits.day, visits.locale, visits.audience
