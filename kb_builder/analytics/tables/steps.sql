-- One row for each thing a person may have done in a visit, with the pause before it. Narrow, because every row of it is
-- sorted: what else an event says is looked up by its key where it is needed.
-- Left out, and counted in traffic.sql: programs that name themselves, events that belong to no visit, incident windows.
SELECT events.event_key, events.visitor_key, events.action, events.at_ms, events.day,
    events.at_ms - LAG(events.at_ms) OVER (PARTITION BY events.visitor_key ORDER BY events.at_ms) AS pause_ms
FROM events
WHERE events.bot = '' AND events.visitor IS NOT NULL AND events.action NOT IN ('ticket', 'total')
    AND NOT EXISTS (
        SELECT 1 FROM incidents WHERE events.at_ms >= incidents.starts_ms AND events.at_ms < incidents.ends_ms)
