-- One row for each thing a person may have done in a visit, with the pause before it.
-- Left out, and counted in traffic.sql: programs that name themselves, events that belong to no visit, incident windows.
SELECT events.event_id, events.visitor, events.action, events.at_ms, events.day, events.query_id, events.application,
    events.page, events.locale, events.audience, events.arm, events.index_hash, events.user_query, events.text,
    events.stems, events.result_count, events.hits, events.committed_by, events.object_id, events.position,
    events.dwell_seconds, events.helpful, events.reason, events.message, events.form_token, events.channel,
    events.looked_first,
    events.at_ms - LAG(events.at_ms) OVER (
        PARTITION BY events.visitor ORDER BY events.at_ms, events.client_ms, events.event_id) AS pause_ms
FROM events
WHERE events.bot = '' AND events.visitor IS NOT NULL AND events.action NOT IN ('ticket', 'total')
    AND NOT EXISTS (
        SELECT 1 FROM incidents WHERE events.at_ms >= incidents.starts_ms AND events.at_ms < incidents.ends_ms)
