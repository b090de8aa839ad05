-- Comments written with votes, one row each; themes are made of them, and a theme is shown only when enough visits share it
-- numerator: 1 when the vote is no
-- denominator: 1
SELECT visit_id, day, page, locale, audience, message, CASE WHEN helpful THEN 0 ELSE 1 END AS numerator, 1 AS denominator
FROM votes
WHERE message IS NOT NULL AND message <> ''
