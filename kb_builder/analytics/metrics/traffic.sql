-- What is in the log besides people's visits, so that nothing is dropped in silence
-- numerator: events of the kind
-- denominator: 1 each
SELECT events.day,
    CASE WHEN events.action IN ('ticket', 'total') THEN events.action
        WHEN events.bot <> '' THEN 'bot'
        WHEN events.visitor IS NULL THEN 'no visit'
        WHEN robots.visitor_key IS NOT NULL THEN 'bot by behaviour'
        WHEN EXISTS (
            SELECT 1 FROM incidents WHERE events.at_ms >= incidents.starts_ms AND events.at_ms < incidents.ends_ms)
            THEN 'incident'
        ELSE 'people' END AS kind,
    events.bot AS program, COUNT(*) AS numerator
FROM events LEFT JOIN robots ON events.visitor_key = robots.visitor_key
GROUP BY ALL
