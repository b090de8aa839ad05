-- The way from a visit to a contact
-- numerator: visits that got that far
-- denominator: visits
SELECT visits.day, visits.locale, visits.audience, COUNT(*) AS visits,
    COUNT(*) FILTER (WHERE visits.searches > 0) AS searched,
    COUNT(*) FILTER (WHERE visits.views > 0) AS viewed,
    COUNT(forms.visit_id) AS opened_form,
    COUNT(*) FILTER (WHERE forms.is_shown) AS shown_suggestions,
    COUNT(*) FILTER (WHERE forms.is_opened) AS opened_suggestion,
    COUNT(*) FILTER (WHERE visits.outcome = 'escalated') AS contacted
FROM visits LEFT JOIN forms ON visits.visit_id = forms.visit_id
GROUP BY visits.day, visits.locale, visits.audience
