-- Ordered pairs of queries in one episode, where the first failed and the second succeeded
-- numerator: visits in which the second followed the first at once and was clicked, the first was not
-- denominator: visits in which the first was not clicked
WITH failed AS (
    SELECT text, locale, COUNT(DISTINCT visit_id) AS failures
    FROM queries
    WHERE clicks = 0
    GROUP BY text, locale
), pairs AS (
    SELECT first.text AS first_text, second.text AS second_text, first.locale, first.visit_id, first.day,
        second.last_page AS page
    FROM queries AS first JOIN queries AS second
        ON first.visit_id = second.visit_id AND first.episode = second.episode AND second.place = first.place + 1
    WHERE first.clicks = 0 AND second.clicks > 0 AND first.text <> second.text
)
SELECT pairs.first_text, pairs.second_text, pairs.locale, COUNT(DISTINCT pairs.visit_id) AS numerator,
    MIN(failed.failures) AS denominator, COUNT(DISTINCT pairs.day) AS days, MIN(pairs.page) AS page
FROM pairs JOIN failed ON pairs.first_text = failed.text AND pairs.locale = failed.locale
GROUP BY pairs.first_text, pairs.second_text, pairs.locale
