-- One row for each visit to the contact form: which arm it was in, and what came of it.
-- has_contact is true when the form was sent, a channel was clicked or a ticket came, after the form was opened.
WITH opened AS (
    SELECT actions.visit_id, MIN(actions.at_ms) AS start_ms, MIN(events.arm) AS arm,
        BOOL_OR(events.action = 'suggestion_shown' AND COALESCE(ARRAY_LENGTH(events.hits), 0) > 0) AS is_shown,
        BOOL_OR(events.action = 'suggestion_click') AS is_opened,
        BOOL_OR(events.action = 'suggestion_solved') AS is_solved
    FROM actions JOIN events ON actions.event_key = events.event_key
    WHERE actions.action IN ('contact_start', 'suggestion_shown', 'suggestion_click', 'suggestion_solved')
        AND events.action IN ('contact_start', 'suggestion_shown', 'suggestion_click', 'suggestion_solved')
    GROUP BY actions.visit_id
), later AS (
    SELECT actions.visit_id, MAX(actions.at_ms) AS last_ms
    FROM actions
    WHERE actions.action IN ('contact_submit', 'contact_channel_click')
    GROUP BY actions.visit_id
)
SELECT opened.visit_id, visits.day, visits.locale, visits.audience, opened.start_ms, opened.arm, opened.is_shown,
    opened.is_opened, opened.is_solved,
    COALESCE(later.last_ms >= opened.start_ms, FALSE) OR COALESCE(visits.contact_ms >= opened.start_ms, FALSE)
        AS has_contact
FROM opened
    JOIN visits ON opened.visit_id = visits.visit_id
    LEFT JOIN later ON opened.visit_id = later.visit_id
