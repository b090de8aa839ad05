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
        WHEN events.action = 'click' AND searches.query_key IS NULL THEN 'click without its search'
        ELSE 'people' END AS kind,
    events.bot AS program, COUNT(*) AS numerator
FROM events LEFT JOIN robots ON events.visitor_key = robots.visitor_key
    LEFT JOIN (
        SELECT DISTINCT query_key FROM events WHERE action = 'query' AND query_id IS NOT NULL
            AND query_key IN (SELECT query_key FROM events WHERE action = 'click')) AS searches
        ON events.action = 'click' AND events.query_key = searches.query_key
GROUP BY ALL
