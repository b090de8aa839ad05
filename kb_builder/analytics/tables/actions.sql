-- The actions of people, each in its visit. A visit is one visitor's actions without a pause above the session gap.
-- Its number is the visitor's key, below 2^62, and a step for each pause.
SELECT steps.event_key, steps.visitor_key, steps.action, steps.at_ms, steps.day,
    CAST(steps.visitor_key + 1000000000039 * SUM(CASE WHEN steps.pause_ms > parameters.gap_ms THEN 1 ELSE 0 END) OVER (
        PARTITION BY steps.visitor_key ORDER BY steps.at_ms) AS BIGINT) AS visit_id
FROM steps ANTI JOIN robots ON steps.visitor_key = robots.visitor_key
    CROSS JOIN parameters
