-- Comments written with votes, one row each: themes are words and pairs of words that mostly the same visits wrote
-- numerator: 1 when the vote is no
-- denominator: 1
-- A word is shown when 5 visits wrote it on 2 days. Its sentiment is praise or complaint by short lists of words in
-- English, German, French and Spanish (analytics/sentiment.py); a comment without any of them is not judged.
SELECT visit_id, day, page, locale, audience, message, CASE WHEN helpful THEN 0 ELSE 1 END AS numerator, 1 AS denominator
FROM votes
WHERE message IS NOT NULL AND message <> ''
