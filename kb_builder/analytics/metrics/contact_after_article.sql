-- Contact after an article
-- numerator: visits that read the article and then sent a contact signal
-- denominator: visits that read the article
-- last_article counts the contacts before which it was the last article, shared_credit gives every article before a
-- contact an equal part: a ranking holds only where both agree.
SELECT page, locale, audience, COUNT(*) FILTER (WHERE has_contact) AS numerator, COUNT(*) AS denominator,
    COUNT(DISTINCT day) AS days,
    COUNT(*) FILTER (WHERE is_last_before_contact) AS last_article,
    ROUND(SUM(CASE WHEN has_contact THEN 1.0 / articles_before_contact ELSE 0 END), 9) AS shared_credit
FROM readings
GROUP BY page, locale, audience
