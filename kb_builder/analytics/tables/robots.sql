-- Visitors that behave as no person does: more than 1,000 actions on a day, or 30 and more at an even pace.
SELECT DISTINCT visitor_key
FROM (
    SELECT visitor_key
    FROM steps
    GROUP BY visitor_key, day
    HAVING COUNT(*) > 1000
        OR (COUNT(*) >= 30 AND STDDEV_POP(pause_ms) <= 0.05 * AVG(pause_ms))) AS days
