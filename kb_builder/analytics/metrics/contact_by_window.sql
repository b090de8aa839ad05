-- Contact after reading, within 30 minutes, 24 hours and 7 days
-- numerator: visits that read an article and whose visitor contacted within the window after the first article
-- denominator: visits that read an article, where the log goes on for the whole window
-- returned counts those whose visitor was seen on two days or more: where it is 0, the log joins no days (`kb collect`
-- gives a visitor another name every day), and the windows of 24 hours and 7 days see the rest of the same day only.
WITH first_reads AS (
    SELECT visit_id, MIN(first_ms) AS read_ms FROM readings GROUP BY visit_id
), visitors AS (
    SELECT visitor_key, COUNT(DISTINCT day) AS days FROM visits GROUP BY visitor_key
), readers AS (
    SELECT visits.visit_id, visits.visitor_key, visits.day, visits.locale, visits.audience, first_reads.read_ms,
        visitors.days
    FROM first_reads JOIN visits ON first_reads.visit_id = visits.visit_id
        JOIN visitors ON visits.visitor_key = visitors.visitor_key
), signals AS (
    SELECT visitor_key, contact_ms FROM visits WHERE contact_ms IS NOT NULL
), followed AS (
    SELECT readers.visit_id, readers.day, readers.locale, readers.audience, readers.read_ms, readers.days,
        MIN(signals.contact_ms) AS contact_ms
    FROM readers LEFT JOIN signals
        ON readers.visitor_key = signals.visitor_key AND signals.contact_ms >= readers.read_ms
    GROUP BY readers.visit_id, readers.day, readers.locale, readers.audience, readers.read_ms, readers.days
), windows AS (
    SELECT 1800000 AS window_ms UNION ALL SELECT 86400000 AS window_ms UNION ALL SELECT 604800000 AS window_ms
), ends AS (
    SELECT MAX(end_ms) AS end_ms FROM visits
)
SELECT windows.window_ms, followed.day, followed.locale, followed.audience,
    COUNT(*) FILTER (WHERE followed.contact_ms - followed.read_ms <= windows.window_ms) AS numerator,
    COUNT(*) AS denominator, COUNT(*) FILTER (WHERE followed.days > 1) AS returned
FROM followed CROSS JOIN windows CROSS JOIN ends
WHERE followed.read_ms + windows.window_ms <= ends.end_ms
GROUP BY windows.window_ms, followed.day, followed.locale, followed.audience
