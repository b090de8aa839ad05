-- The actions of people, each in its visit. A visit is one visitor's actions without a pause above the session gap.
WITH numbered AS (
    SELECT steps.*,
        SUM(CASE WHEN steps.pause_ms > parameters.gap_ms THEN 1 ELSE 0 END) OVER (
            PARTITION BY steps.visitor ORDER BY steps.at_ms, steps.event_id) AS visit_number
    FROM steps ANTI JOIN robots ON steps.visitor = robots.visitor
    CROSS JOIN parameters
)
SELECT numbered.*, CONCAT(numbered.visitor, '.', CAST(numbered.visit_number AS VARCHAR)) AS visit_id
FROM numbered
