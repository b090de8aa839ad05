-- One row for each visit. Its day, language and audience are those of its first action.
-- outcome: escalated when it holds a contact signal; resolved when the person said so (pressed "this solved it", or the
-- last vote was yes) and did not contact; all others are unresolved, and are never counted as deflected.
WITH summed AS (
    SELECT visit_id, MIN(visitor_key) AS visitor_key, MIN(at_ms) AS start_ms, MAX(at_ms) AS end_ms, MIN(day) AS day,
        MIN_BY(event_key, at_ms) AS first_key,
        COUNT(*) AS actions,
        COUNT(*) FILTER (WHERE action = 'query') AS searches,
        COUNT(*) FILTER (WHERE action = 'view') AS views,
        BOOL_OR(action = 'suggestion_solved') AS has_solved,
        MIN(at_ms) FILTER (WHERE action IN ('query', 'click', 'view', 'feedback')) AS help_ms
    FROM actions
    GROUP BY visit_id
), voted AS (
    SELECT visit_id, MAX_BY(helpful, at_ms) AS last_vote FROM votes GROUP BY visit_id
)
SELECT summed.visit_id, summed.visitor_key, summed.start_ms, summed.end_ms, summed.day, events.locale, events.audience, summed.actions,
    summed.searches, summed.views, summed.help_ms, contacts.contact_ms, contacts.looked_first, contacts.answers,
    CASE WHEN contacts.contact_ms IS NOT NULL THEN 'escalated'
        WHEN summed.has_solved OR voted.last_vote THEN 'resolved'
        ELSE 'unresolved' END AS outcome
FROM summed JOIN events ON summed.first_key = events.event_key
    LEFT JOIN contacts ON summed.visit_id = contacts.visit_id
    LEFT JOIN voted ON summed.visit_id = voted.visit_id
