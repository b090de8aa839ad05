-- What became of each cluster of failed queries (table query_clusters, made by gaps.py)
-- numerator: visits with an episode of the cluster that succeeded
-- denominator: visits that asked something of the cluster
-- contacted counts visits that sent a contact signal after it.
SELECT query_clusters.cluster, COUNT(DISTINCT queries.visit_id) FILTER (WHERE episodes.is_success) AS numerator,
    COUNT(DISTINCT queries.visit_id) AS denominator, COUNT(DISTINCT queries.day) AS days,
    COUNT(DISTINCT queries.visit_id) FILTER (WHERE contacts.contact_ms >= queries.at_ms) AS contacted
FROM queries
    JOIN query_clusters ON queries.text = query_clusters.text AND queries.locale = query_clusters.locale
    JOIN episodes ON queries.visit_id = episodes.visit_id AND queries.episode = episodes.episode
    LEFT JOIN contacts ON queries.visit_id = contacts.visit_id
GROUP BY query_clusters.cluster
