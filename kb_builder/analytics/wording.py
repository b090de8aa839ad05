"""Figures in, plain words out: what a number means, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass

from kb_builder.analytics.figures import ArticleContact, Figures, Rate
from kb_builder.analytics.gaps import Cause, Gap
from kb_builder.analytics.interleaving import Experiment, Preference
from kb_builder.analytics.privacy import rounded
from kb_builder.analytics.sentiment import LANGUAGES
from kb_builder.analytics.statistics import Comparison

NO_DATA = "not enough data"
_THIN = "\u202f"
_LANGUAGES = {"de": "German", "en": "English", "es": "Spanish", "fr": "French"}


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing to do, and why."""

    title: str
    evidence: str


def percent(value: float | None) -> str:
    """Write a share; small ones with a decimal."""
    if value is None:
        return NO_DATA
    share = abs(value) * 100
    digits = 1 if share < 9.95 and round(share, 1) != round(share) else 0
    return f"{'−' if value < 0 and round(share, digits) else ''}{share:.{digits}f}{_THIN}%"


def number(value: float) -> str:
    """Write a count with thin spaces between thousands."""
    return f"{value:,.0f}".replace(",", _THIN)


def value_of(rate: Rate) -> str:
    """Write a rate: a share in percent, a ratio as a number."""
    if rate.value is None:
        return NO_DATA
    return percent(rate.value) if rate.kind == "share" else f"{rate.value:.2f}"


def interval_of(rate: Rate) -> str:
    """Write the interval of a rate."""
    if rate.interval is None:
        return ""
    low, high = rate.interval.low, rate.interval.high
    return f"{percent(low)} to {percent(high)}" if rate.kind == "share" else f"{low:.2f} to {high:.2f}"


def change_of(then: Comparison | None) -> str:
    """Say how a rate changed since then, or that it may not have."""
    if then is None:
        return ""
    if then.change.low <= 0 <= then.change.high:
        return "no clear change"
    return f"{'up' if then.change.low > 0 else 'down'} from {percent(then.rate)}"


def window_of(hours: float) -> str:
    """Write the length of a window."""
    if hours < 1:
        return f"{hours * 60:.0f} minutes"
    return f"{hours:.0f} hours" if hours < 48 else f"{hours / 24:.0f} days"


def headline(figures: Figures) -> tuple[str, str]:
    """Give the number that comes first, and what it means."""
    low, high = figures.rate("explicit_deflection_rate"), figures.rate("deflection_upper_bound")
    if low.value is None or high.value is None:
        contact = figures.rate("contact_rate")
        if contact.value is None:
            return (
                NO_DATA,
                "A rate is shown from 20 visits on. Until then there is nothing that chance would not explain.",
            )
        return percent(
            1 - contact.value
        ), "of visits ended without a contact. That says nothing of how many were helped."
    return (
        f"{percent(low.value).removesuffix(f'{_THIN}%')}–{percent(high.value)}",
        f"of the {number(low.now.denominator)} visits to the contact form that were shown suggestions did not need us: "
        f"{percent(low.value)} said that a suggestion solved it, up to {percent(high.value)} when those who opened one "
        "and just left are counted too.",
    )


def causal(figures: Figures, currency: str) -> str:
    """Say what the holdout proves."""
    holdout = figures.holdout
    if holdout is None:
        return "Whether suggestions cause this is not measured: switch the holdout on to know."
    (x, n), (y, m) = holdout.with_suggestions, holdout.without
    text = (
        f"The holdout: {percent(y / m)} contacted us without suggestions ({number(m)} visits), {percent(x / n)} with "
        f"them ({number(n)} visits). The difference is {percent(holdout.difference)} "
        f"({percent(holdout.interval.low)} to {percent(holdout.interval.high)})."
    )
    if holdout.avoided is None:
        return f"{text} That may be chance: no contacts and no money are claimed as saved."
    avoided, low, high = holdout.avoided
    text += f" That is about {number(avoided)} contacts avoided ({number(low)} to {number(high)})"
    if holdout.saved:
        saved, low, high = holdout.saved
        text += f", or {currency} {number(saved)} ({number(low)} to {number(high)})"
    return f"{text}."


def preferred(found: Preference) -> str:
    """Say which ranking readers prefer, or why that is not told."""
    seen = f"{number(found.visits)} visits were shown results drafted from both rankings"
    if not found.experiment.is_over:
        return f"{seen}. The experiment runs until {found.experiment.last_day}; until then no result is told."
    if found.decided is None or found.prefers_other is None or found.interval is None or found.p_value is None:
        return f"{seen}. Fewer than 20 of them clicked more of one than of the other: {NO_DATA}."
    verdict = {"other": "The other ranking is preferred.", "present": "The present ranking is preferred."}
    return (
        f"{verdict.get(found.winner, 'Neither ranking is clearly preferred.')} {seen}; {number(found.decided)} of them "
        f"clicked more of one than of the other, and {number(found.prefers_other)} of these preferred the other: "
        f"{percent(found.prefers_other / found.decided)} ({percent(found.interval.low)} to "
        f"{percent(found.interval.high)}; sign test, p = {found.p_value:.3f})."
    )


def registered(experiment: Experiment) -> str:
    """Repeat what was said before the experiment began."""
    return (
        f"{experiment.id}: in the other ranking {experiment.other}; {experiment.percent} % of visits, from "
        f"{experiment.first_day} to {experiment.last_day}. Programs and incident windows do not count."
    )


def trend_finding(figures: Figures) -> str:
    """Say in a title what the trend shows."""
    rate = figures.rate("explicit_deflection_rate")
    change = change_of(rate.before)
    if not change:
        return "Deflection by week"
    if change == "no clear change":
        return "Deflection has not clearly changed against the period before"
    return f"Confirmed deflection went {change} to {percent(rate.value)}"


def funnel_finding(figures: Figures) -> str:
    """Say in a title what the funnel shows."""
    rate = figures.rate("contact_rate")
    if rate.value is None:
        return "The way to a contact"
    return f"{percent(rate.value)} of visits contacted us"


def advice(figures: Figures, *, most: int = 3) -> tuple[Advice, ...]:
    """Give the things to do that help most, one of a kind first."""
    found = [_for_gap(gap) for gap in _one_of_each(figures.gaps)]
    articles = [_for_article(article, figures) for article in figures.articles if article.is_finding][:1]
    return tuple((*found[:1], *articles, *found[1:])[:most])


def _one_of_each(gaps: tuple[Gap, ...]) -> list[Gap]:
    first: dict[Cause, Gap] = {}
    for gap in gaps:
        first.setdefault(gap.cause, gap)
    return list(first.values())


def remedy(gap: Gap) -> str:
    """Say what would close a gap."""
    if gap.cause in (Cause.VOCABULARY, Cause.SPELLING) and gap.rewrite:
        kind = "Add the synonym" if gap.cause is Cause.VOCABULARY else "Let the misspelling find"
        return f"{kind} “{gap.name}” → “{gap.rewrite.text}”"
    return {
        Cause.RANKING: f"Put {gap.page} higher for “{gap.name}”",
        Cause.AUDIENCE: f"Give this audience or language its answer to “{gap.name}”",
        Cause.OUT_OF_SCOPE: f"Say plainly whether you offer “{gap.name}”",
    }.get(gap.cause, f"Write an answer to “{gap.name}”")


def judged_languages() -> str:
    """Name the languages whose comments are judged."""
    *first, last = sorted(_LANGUAGES[language] for language in LANGUAGES)
    return f"{', '.join(first)} and {last}"


def _for_gap(gap: Gap) -> Advice:
    visits, contacts = rounded(gap.visits), rounded(gap.contacts)
    if gap.cause is Cause.RANKING:
        where = f"{number(visits)} visits searched it; most clicked this page, on average at place {gap.position:.0f}."
        return Advice(remedy(gap), where)
    text = f"{number(visits)} visits searched this or nearly this"
    if gap.rewrite:
        text += f"; {number(rounded(gap.rewrite.visits))} found it only after typing other words."
    else:
        text += f"; {number(rounded(gap.successes))} found an answer, {number(contacts)} contacted us afterwards."
    return Advice(remedy(gap), text)


def _for_article(article: ArticleContact, figures: Figures) -> Advice:
    return Advice(
        f"Rework {article.page}",
        f"{percent(article.contacts / article.reads)} of its {number(article.reads)} readers contacted us afterwards; "
        f"over all articles it is {percent(figures.mean_contact)}.",
    )
