-- Visits by outcome: resolved (the person said so), escalated (a contact signal), unresolved (nobody knows)
-- numerator: visits with the outcome
-- denominator: 1 each, so that shares are of all visits of the same day, language and audience
SELECT day, locale, audience, outcome, COUNT(*) AS numerator, COUNT(*) AS visits
FROM visits
GROUP BY day, locale, audience, outcome
