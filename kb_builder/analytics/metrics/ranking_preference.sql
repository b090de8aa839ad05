-- Preference between two rankings whose results were drafted by teams
-- numerator: visits that clicked more results of the other ranking than of the present one
-- denominator: visits that clicked more results of one of the two
-- visits count those that were shown a draft. A result counts once a query; what both rankings begin with is of neither team.
-- Source: Radlinski, Kurup and Joachims, CIKM 2008.
WITH drafted AS (
    SELECT DISTINCT actions.visit_id, events.experiment
    FROM actions JOIN events ON actions.event_key = events.event_key
    WHERE actions.action = 'query' AND events.action = 'query' AND events.experiment IS NOT NULL
), clicked AS (
    SELECT DISTINCT actions.visit_id, events.experiment, events.query_key, events.object_id, events.team
    FROM actions JOIN events ON actions.event_key = events.event_key
    WHERE actions.action = 'click' AND events.action = 'click' AND events.experiment IS NOT NULL
        AND events.team IS NOT NULL
), leads AS (
    SELECT visit_id, experiment, SUM(CASE WHEN team = 'other' THEN 1 ELSE -1 END) AS lead
    FROM clicked
    GROUP BY visit_id, experiment
)
SELECT drafted.experiment, visits.day, visits.locale, visits.audience, COUNT(*) AS visits,
    COUNT(*) FILTER (WHERE leads.lead > 0) AS numerator, COUNT(*) FILTER (WHERE leads.lead <> 0) AS denominator
FROM drafted JOIN visits ON drafted.visit_id = visits.visit_id
    LEFT JOIN leads ON drafted.visit_id = leads.visit_id AND drafted.experiment = leads.experiment
GROUP BY drafted.experiment, visits.day, visits.locale, visits.audience
