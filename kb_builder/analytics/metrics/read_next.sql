-- Which article people read next, in the same visit
-- numerator: visits that read the second article next after the first
-- denominator: visits that read the first article
-- arrivals counts how often the second one was read next after any article, readings all articles that visits read: what
-- everyone goes on to says nothing of the first one.
WITH ordered AS (
    SELECT day, page, LEAD(page) OVER (PARTITION BY visit_id ORDER BY first_ms, page) AS next_page
    FROM readings
), read AS (
    SELECT page, COUNT(*) AS visits, SUM(COUNT(*)) OVER () AS readings
    FROM ordered
    GROUP BY page
), arrived AS (
    SELECT next_page, COUNT(*) AS arrivals
    FROM ordered
    GROUP BY next_page
)
SELECT ordered.page, ordered.next_page, COUNT(*) AS numerator, MIN(read.visits) AS denominator,
    COUNT(DISTINCT ordered.day) AS days, MIN(arrived.arrivals) AS arrivals, MIN(read.readings) AS readings
FROM ordered JOIN read ON ordered.page = read.page JOIN arrived ON ordered.next_page = arrived.next_page
WHERE ordered.next_page IS NOT NULL
GROUP BY ordered.page, ordered.next_page
