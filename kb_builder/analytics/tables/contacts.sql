-- Contact signals of visits: a form sent, a channel clicked, or a ticket that came by the form's one-time token.
WITH tokens AS (
    SELECT actions.visit_id, events.form_token, MIN(actions.at_ms) AS at_ms
    FROM actions JOIN events ON actions.event_key = events.event_key
    WHERE events.form_token IS NOT NULL
    GROUP BY actions.visit_id, events.form_token
), signals AS (
    SELECT actions.visit_id, actions.at_ms, events.looked_first
    FROM actions JOIN events ON actions.event_key = events.event_key
    WHERE actions.action IN ('contact_submit', 'contact_channel_click')
        AND events.action IN ('contact_submit', 'contact_channel_click')
    UNION ALL
    SELECT tokens.visit_id, tickets.at_ms, NULL AS looked_first
    FROM tokens JOIN events AS tickets ON tickets.form_token = tokens.form_token AND tickets.action = 'ticket'
)
SELECT visit_id, MIN(at_ms) AS contact_ms, BOOL_OR(looked_first) AS looked_first, COUNT(looked_first) AS answers
FROM signals
GROUP BY visit_id
