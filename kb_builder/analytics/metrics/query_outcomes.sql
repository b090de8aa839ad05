-- What became of each query text, by language and audience
-- numerator: committed queries without result
-- denominator: committed queries
-- clicked, abandoned and contacted count queries that were clicked, given up, or followed by a contact in the visit; visits and
-- days decide whether the text may be shown.
SELECT queries.text, queries.locale, queries.audience, COUNT(*) FILTER (WHERE queries.result_count = 0) AS numerator,
    COUNT(*) AS denominator, COUNT(DISTINCT queries.visit_id) AS visits, COUNT(DISTINCT queries.day) AS days,
    COUNT(*) FILTER (WHERE queries.clicks > 0) AS clicked,
    COUNT(*) FILTER (WHERE queries.clicks = 0 AND NOT queries.is_reformulated) AS abandoned,
    COUNT(*) FILTER (WHERE contacts.contact_ms >= queries.at_ms) AS contacted
FROM queries LEFT JOIN contacts ON queries.visit_id = contacts.visit_id
GROUP BY queries.text, queries.locale, queries.audience
