-- The votes of visits, with reason and comment.
SELECT actions.visit_id, actions.at_ms, actions.day, events.page, events.locale, events.audience, events.helpful,
    events.reason, events.message
FROM actions JOIN events ON actions.event_key = events.event_key
WHERE actions.action = 'feedback' AND events.action = 'feedback'
