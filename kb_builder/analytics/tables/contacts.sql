-- Contact signals of visits: a form sent, a channel clicked, or a ticket that came by the form's one-time token.
WITH tokens AS (
    SELECT visit_id, form_token, MIN(at_ms) AS at_ms
    FROM actions
    WHERE form_token IS NOT NULL
    GROUP BY visit_id, form_token
), signals AS (
    SELECT visit_id, at_ms, looked_first FROM actions WHERE action IN ('contact_submit', 'contact_channel_click')
    UNION ALL
    SELECT tokens.visit_id, tickets.at_ms, NULL AS looked_first
    FROM tokens JOIN events AS tickets ON tickets.form_token = tokens.form_token AND tickets.action = 'ticket'
)
SELECT visit_id, MIN(at_ms) AS contact_ms, BOOL_OR(looked_first) AS looked_first, COUNT(looked_first) AS answers
FROM signals
GROUP BY visit_id
