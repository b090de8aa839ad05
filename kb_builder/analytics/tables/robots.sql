-- Visitors that behave as no person does: more than 1,000 actions on a day, or 30 and more at an even pace.
SELECT visitor
FROM steps
GROUP BY visitor, day
HAVING COUNT(*) > 1000
    OR (COUNT(*) >= 30 AND STDDEV_POP(pause_ms) <= 0.05 * AVG(pause_ms))
