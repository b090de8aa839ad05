-- One row for each article a visit read: whether a contact followed, and whether it was the last article before it.
WITH read AS (
    SELECT visit_id, page, MIN(at_ms) AS first_ms, MAX(at_ms) AS last_ms, MAX(dwell_seconds) AS dwell_seconds
    FROM views
    GROUP BY visit_id, page
), judged AS (
    SELECT read.visit_id, read.page, read.first_ms, read.last_ms, read.dwell_seconds, visits.day, visits.locale,
        visits.audience, visits.contact_ms,
        COALESCE(visits.contact_ms >= read.first_ms, FALSE) AS has_contact
    FROM read JOIN visits ON read.visit_id = visits.visit_id
)
SELECT judged.*,
    has_contact AND ROW_NUMBER() OVER (
        PARTITION BY visit_id, has_contact ORDER BY first_ms DESC, page) = 1 AS is_last_before_contact,
    COUNT(*) FILTER (WHERE has_contact) OVER (PARTITION BY visit_id) AS articles_before_contact
FROM judged
