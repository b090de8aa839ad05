-- Reasons given with votes
-- numerator: visits that gave the reason with a no
-- denominator: visits that gave the reason
SELECT page, reason, locale, audience, COUNT(DISTINCT visit_id) FILTER (WHERE NOT helpful) AS numerator,
    COUNT(DISTINCT visit_id) AS denominator, COUNT(DISTINCT day) AS days
FROM votes
WHERE reason IS NOT NULL
GROUP BY page, reason, locale, audience
