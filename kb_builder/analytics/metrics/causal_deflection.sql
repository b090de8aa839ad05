-- Causal deflection: contact rate without suggestions less contact rate with them
-- numerator: form visits with a contact after the form was opened, by arm
-- denominator: form visits that were in an arm of the holdout
SELECT day, locale, audience, arm, COUNT(*) AS visits,
    COUNT(*) FILTER (WHERE has_contact) AS numerator, COUNT(*) AS denominator
FROM forms
WHERE arm IS NOT NULL
GROUP BY day, locale, audience, arm
