-- Helpful votes of each article
-- numerator: votes that say yes, the last of each visit
-- denominator: votes
SELECT page, locale, audience, COUNT(*) FILTER (WHERE helpful) AS numerator, COUNT(*) AS denominator,
    COUNT(DISTINCT day) AS days
FROM (
    SELECT visit_id, page, MAX_BY(locale, at_ms) AS locale, MAX_BY(audience, at_ms) AS audience, MIN(day) AS day,
        MAX_BY(helpful, at_ms) AS helpful
    FROM votes
    GROUP BY visit_id, page) AS last_votes
GROUP BY page, locale, audience
