-- Helpful votes
-- numerator: votes that say yes, the last of each visit and page
-- denominator: votes
WITH per_visit AS (
    SELECT visit_id, COUNT(*) FILTER (WHERE helpful) AS numerator, COUNT(*) AS denominator
    FROM (
        SELECT visit_id, page, MAX_BY(helpful, at_ms) AS helpful
        FROM votes
        GROUP BY visit_id, page) AS last_votes
    GROUP BY visit_id
)
SELECT visits.day, visits.locale, visits.audience, COUNT(*) AS visits,
    SUM(numerator) AS numerator, SUM(denominator) AS denominator,
    SUM(numerator * numerator) AS numerator_squares, SUM(numerator * denominator) AS products,
    SUM(denominator * denominator) AS denominator_squares
FROM per_visit JOIN visits ON per_visit.visit_id = visits.visit_id
GROUP BY visits.day, visits.locale, visits.audience
