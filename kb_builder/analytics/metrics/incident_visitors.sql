-- What happened in incident windows, which no other figure counts
-- numerator: visitors who contacted in the window
-- denominator: visitors seen in the window
SELECT incidents.starts_ms, incidents.ends_ms,
    COUNT(DISTINCT events.visitor_key) FILTER (WHERE events.action IN ('contact_submit', 'contact_channel_click'))
        AS numerator,
    COUNT(DISTINCT events.visitor_key) AS denominator, COUNT(*) AS events
FROM incidents JOIN events ON events.at_ms >= incidents.starts_ms AND events.at_ms < incidents.ends_ms
    LEFT JOIN robots ON events.visitor_key = robots.visitor_key
WHERE events.bot = '' AND events.visitor IS NOT NULL AND events.action NOT IN ('ticket', 'total')
    AND robots.visitor_key IS NULL
GROUP BY incidents.starts_ms, incidents.ends_ms
