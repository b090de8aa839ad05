"""A help center's log with known truth: for testing the estimators, and for a report to look at before there is a log.

Every visit is drawn from `Scenario`; `truth` says what its figures are in the long run, so that an estimate can be held
against it. The log has what real ones have: keystrokes, double events, wrong clocks, programs, late arrival.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from kb_builder.analytics.segments import pack, record


@dataclass(frozen=True, slots=True)
class Topic:
    """A need that customers have, the words they use, and what the help center holds for it.

    Attributes:
        page: The article that answers it.
        words: What they type first; its words are those of no other topic.
        finds: Whether the first words find anything.
        better_words: What they type when they try again; shares a word with ``words``.
        better_finds: Whether those find anything.
        weight: How common the need is.
        rank: Where the article stands in the list.
        other_rank: Where it stands in that of another ranking; lists are drafted from both when this differs.
        contact: How likely a visit that ends with this need opens the contact form.
        comments: What is written with a yes, and with a no, by half of those who vote; empty for nothing.
    """

    page: str
    words: str
    finds: bool = True
    better_words: str = ""
    better_finds: bool = True
    weight: float = 1.0
    rank: int = 1
    other_rank: int = 0
    contact: float = 0.2
    comments: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Scenario:
    """How customers behave. All chances lie from 0 to 1.

    Attributes:
        needs: Chance of one, two, three needs in a visit.
        click: Chance that a list of results is clicked, in an easy and in a hard visit: queries of a visit are alike.
        hard: Chance that a visit is hard.
        again: Chance of another try after a list that was not clicked or had nothing.
        read: Chance that a clicked article is read for 10 seconds or more.
        vote: Chance of a vote on an article that was read; ``helpful`` of those say yes.
        holdout: Share of form visits without suggestions; ``send_without`` of them send the form.
        open_suggestion: Chance that a shown suggestion is opened; ``solved`` of them say so, ``leave`` of the rest go.
        send: Chance that a form whose suggestions were not opened is sent.
        direct: Chance that a visit opens the form at once.
        looked_first: Share of sent forms that say that people looked here first.
        experiment: Name of the experiment in which lists are drafted from two rankings; empty for none.
    """

    topics: tuple[Topic, ...]
    needs: tuple[float, float, float] = (0.6, 0.3, 0.1)
    click: tuple[float, float] = (0.8, 0.5)
    hard: float = 0.4
    again: float = 0.45
    read: float = 0.7
    vote: float = 0.15
    helpful: float = 0.6
    holdout: float = 0.3
    send_without: float = 0.7
    open_suggestion: float = 0.5
    solved: float = 0.25
    leave: float = 0.3
    send: float = 0.65
    direct: float = 0.0
    looked_first: float = 0.5
    experiment: str = ""
    audiences: tuple[tuple[str, float], ...] = (("b2c", 0.75), ("b2b", 0.25))
    locales: tuple[tuple[str, float], ...] = (("en", 1.0),)
    bots: float = 0.05
    doubles: float = 0.03
    wrong_clocks: float = 0.1


def truth(scenario: Scenario) -> dict[str, float]:
    """Return the figures of a scenario in the long run, by the names of the metrics."""
    # Expected counts of one visit, summed over the first, second and third need.
    names = ("queries", "zero", "found", "clicked", "reciprocal", "abandoned", "episodes", "again", "success")
    sums = dict.fromkeys(names, 0.0)
    shares = _shares_by_place(scenario)
    reach = [1.0, scenario.needs[1] + scenario.needs[2], scenario.needs[2]]
    last = scenario.needs
    with_form = (1 - scenario.holdout) * _contact_with(scenario) + scenario.holdout * scenario.send_without
    ends = [sum(topic.contact * share for topic, share in zip(scenario.topics, place, strict=True)) for place in shares]
    later = [last[1] * ends[1] + last[2] * ends[2], last[2] * ends[2], 0.0]  # contact opened by a later need
    for place in range(3):
        for topic, share in zip(scenario.topics, shares[place], strict=True):
            contact = (last[place] * topic.contact + later[place]) * with_form / reach[place]
            for hard, weight in ((0, 1 - scenario.hard), (1, scenario.hard)):
                need = _need(scenario, topic, scenario.click[hard])
                for name, value in need.items():
                    kept = value * (1 - contact) if name == "success" else value
                    sums[name] += reach[place] * share * weight * kept
    opened = scenario.open_suggestion
    explicit = opened * scenario.solved
    left = opened * (1 - scenario.solved) * scenario.leave
    looks = 1 - scenario.direct
    searched = looks * sum(last[place] * ends[place] for place in range(3))  # forms opened after a search
    contacts = with_form * (searched + scenario.direct)
    return {
        "committed_queries": looks * sums["queries"],
        "zero_result_rate": sums["zero"] / sums["queries"],
        "abandonment_rate": sums["abandoned"] / sums["found"],
        "click_through_rate": sums["clicked"] / sums["found"],
        "reciprocal_click_position": sums["reciprocal"] / sums["clicked"],
        "reformulation_rate": sums["again"] / sums["episodes"],
        "episode_success_rate": sums["success"] / sums["episodes"],
        "explicit_deflection_rate": explicit,
        "form_abandonment_rate": left,
        "deflection_upper_bound": explicit + left,
        "contact_rate": contacts,
        "attempted_first_rate": with_form * (searched + scenario.direct * scenario.looked_first) / contacts,
        "confirmed_resolution_rate": _resolved(scenario, with_form),
        "self_service_ratio": 1 / contacts,
        "helpful_vote_rate": scenario.helpful,
        "contact_with_suggestions": _contact_with(scenario),
        "contact_without_suggestions": scenario.send_without,
        "causal_deflection": scenario.send_without - _contact_with(scenario),
        **({"ranking_preference": _preference(scenario)} if scenario.experiment else {}),
    }


def truth_of_articles(scenario: Scenario) -> dict[str, float]:
    """Return for each page that can be read how likely a visit that did contacts, in the long run."""
    with_form = (1 - scenario.holdout) * _contact_with(scenario) + scenario.holdout * scenario.send_without
    read = dict.fromkeys((topic.page for topic in scenario.topics), 0.0)
    contacted = dict(read)
    for chance, needs, click in _visits(scenario):
        for topic in set(needs):
            one_read = _need(scenario, topic, click)["clicked"]
            is_read = chance * (1 - (1 - one_read) ** needs.count(topic))
            read[topic.page] += is_read
            contacted[topic.page] += is_read * needs[-1].contact * with_form
    return {page: contacted[page] / times for page, times in read.items() if times}


def _resolved(scenario: Scenario, with_form: float) -> float:
    """Return how likely people say that it was solved and do not contact."""
    solved = (1 - scenario.holdout) * scenario.open_suggestion * scenario.solved
    resolved = scenario.direct * solved
    for chance, needs, click in _visits(scenario):
        silent = math.prod(1 - _need(scenario, topic, click)["success"] * scenario.vote for topic in needs)
        yes = (1 - silent) * scenario.helpful  # the last vote counts
        form = needs[-1].contact
        ends_well = (1 - form) * yes + form * (solved + (1 - solved - with_form) * yes)
        resolved += (1 - scenario.direct) * chance * ends_well
    return resolved


def _preference(scenario: Scenario) -> float:
    """Return the share of visits that click more of the other ranking, of those that click more of one of the two."""
    totals = [0.0, 0.0, 0.0]  # as many of each, more of the other, more of the present one
    for chance, needs, click in _visits(scenario):
        leads = {0: chance}
        for topic in needs:
            step = {"other": 1, "present": -1, "": 0}[_team(scenario, topic)]
            clicked = _need(scenario, topic, click)["clicked"]
            after: dict[int, float] = {}
            for lead, share in leads.items():
                after[lead] = after.get(lead, 0.0) + share * (1 - clicked)
                after[lead + step] = after.get(lead + step, 0.0) + share * clicked
            leads = after
        for lead, share in leads.items():
            totals[(lead > 0) - (lead < 0)] += share
    return totals[1] / (totals[1] + totals[-1])


def _visits(scenario: Scenario) -> Iterator[tuple[float, tuple[Topic, ...], float]]:
    """Yield every kind of visit with a need: its chance, its topics in order, and the chance of a click."""
    total = sum(topic.weight for topic in scenario.topics)
    for count, chance in enumerate(scenario.needs, 1):
        for needs in itertools.product(scenario.topics, repeat=count):
            each = needs[0].weight / total
            for before, topic in itertools.pairwise(needs):
                each *= 0 if topic == before else topic.weight / (total - before.weight)
            if each:
                yield chance * each * (1 - scenario.hard), needs, scenario.click[0]
                yield chance * each * scenario.hard, needs, scenario.click[1]


def _contact_with(scenario: Scenario) -> float:
    opened = scenario.open_suggestion
    return opened * (1 - scenario.solved) * (1 - scenario.leave) + (1 - opened) * scenario.send


def _shares_by_place(scenario: Scenario) -> list[list[float]]:
    """Return how likely each topic is as first, second and third need; no need follows itself."""
    total = sum(topic.weight for topic in scenario.topics)
    first = [topic.weight / total for topic in scenario.topics]
    places = [first]
    for _ in range(2):
        before = places[-1]
        places.append(
            [
                sum(before[other] * share / (1 - first[other]) for other in range(len(first)) if other != own)
                for own, share in enumerate(first)
            ]
        )
    return places


def _need(scenario: Scenario, topic: Topic, click: float) -> dict[str, float]:
    """Return the expected counts of one need."""
    first_click = click if topic.finds else 0.0
    again = (1 - first_click) * scenario.again if topic.better_words else 0.0
    second_click = again * click if topic.better_finds else 0.0
    return {
        "queries": 1 + again,
        "zero": (0 if topic.finds else 1) + (0 if topic.better_finds else again),
        "found": (1 if topic.finds else 0) + (again if topic.better_finds else 0),
        "clicked": first_click + second_click,
        "reciprocal": (first_click + second_click) * _reciprocal(scenario, topic),
        "abandoned": ((1 - first_click - again) if topic.finds else 0) + (again - second_click) * topic.better_finds,
        "episodes": 1,
        "again": again,
        "success": (first_click + second_click) * scenario.read,
    }


def _team(scenario: Scenario, topic: Topic) -> str:
    """Return the team that drafts the topic's article: the one that has it higher, whoever begins."""
    if not scenario.experiment or topic.other_rank in (0, topic.rank):
        return ""
    return "other" if topic.other_rank < topic.rank else "present"


def _reciprocal(scenario: Scenario, topic: Topic) -> float:
    """Return the mean of 1 / place: a drafted article has the better of its two places or, by a coin, the next."""
    if not _team(scenario, topic):
        return 1 / topic.rank
    place = min(topic.rank, topic.other_rank)
    return (1 / place + 1 / (place + 1)) / 2


@dataclass(slots=True)
class _Visit:
    """A visit being drawn: its clock, its identity and the events so far."""

    draw: random.Random
    at_ms: int
    skew_ms: int
    common: dict[str, Any]
    visit: str
    bot: str
    events: list[tuple[int, dict[str, Any]]] = field(default_factory=list)

    def wait(self, low: float, high: float) -> None:
        self.at_ms += int(self.draw.uniform(low, high) * 1000)

    def add(self, action: str, **fields: Any) -> None:
        self.events.append((self.at_ms, {"event_id": self.id(), "action_name": action, **self.common, **fields}))

    def id(self) -> str:
        return f"{self.draw.getrandbits(96):024x}"


def simulate(
    scenario: Scenario, *, seed: int, visits: int, first_day: dt.date, days: int = 28, name: str = ""
) -> Iterator[tuple[str, bytes]]:
    """Draw visits and give their events as raw records, in the order of arrival within each visit.

    Args:
        seed: The same seed gives the same bytes.
        visits: Of people; programs come on top.
        first_day: The visits are spread over this and the following days.
        name: Stands as the audience of every visit, when several logs are drawn into one.

    Yields:
        The day of arrival and the line of a segment.
    """
    draw = random.Random(f"{seed}/{name}")  # noqa: S311  # a simulation, not a secret
    start = int(dt.datetime.combine(first_day, dt.time(), dt.UTC).timestamp() * 1000)
    programs = round(visits * scenario.bots)
    for number in range(visits + programs):
        at_ms = start + int(draw.triangular(0, 86_400_000, 50_400_000)) + draw.randrange(days) * 86_400_000
        visit = _start(scenario, draw, at_ms, name)
        if number >= visits:
            _program(visit, scenario)
        else:
            _person(visit, scenario)
        yield from _lines(visit, scenario)


def _start(scenario: Scenario, draw: random.Random, at_ms: int, name: str) -> _Visit:
    audience = name or draw.choices([a for a, _ in scenario.audiences], [w for _, w in scenario.audiences])[0]
    locale = draw.choices([a for a, _ in scenario.locales], [w for _, w in scenario.locales])[0]
    skew = draw.randrange(-7_200_000, 7_200_000) if draw.random() < scenario.wrong_clocks else 0
    common = {"session_id": f"{draw.getrandbits(96):024x}", "locale": locale, "audience": audience}
    return _Visit(draw, at_ms, skew, common, f"{draw.getrandbits(64):016x}", "")


def _person(visit: _Visit, scenario: Scenario) -> None:
    draw = visit.draw
    weights = [topic.weight for topic in scenario.topics]
    topic: Topic | None = None
    if scenario.direct and draw.random() < scenario.direct:
        return _form(visit, scenario, draw.choices(scenario.topics, weights)[0])
    click = scenario.click[draw.random() < scenario.hard]
    for _ in range(draw.choices((1, 2, 3), scenario.needs)[0]):
        before = topic
        while topic is before:
            topic = draw.choices(scenario.topics, weights)[0]
        assert topic is not None
        _search(visit, scenario, topic, click)
        visit.wait(40, 400)
    if topic and draw.random() < topic.contact:
        _form(visit, scenario, topic)
    return None


def _search(visit: _Visit, scenario: Scenario, topic: Topic, click: float) -> None:
    draw = visit.draw
    tries = [(topic.words, topic.finds)]
    if topic.better_words:
        tries.append((topic.better_words, topic.better_finds))
    for number, (words, finds) in enumerate(tries):
        if number and draw.random() >= scenario.again:
            return
        query = _type(visit, words)
        is_clicked = finds and draw.random() < click
        team = _team(scenario, topic)
        place = min(topic.rank, topic.other_rank) + draw.randrange(2) if team else topic.rank
        hits = _hits(scenario, topic, place) if finds else []
        trial = {"experiment": scenario.experiment} if scenario.experiment else {}
        visit.add(
            "query",
            query_id=query,
            user_query=words,
            query_response_hit_ids=hits,
            query_attributes={"result_count": len(hits), "committed_by": "click" if is_clicked else "pause"},
            application="search-box",
            **trial,
        )
        if is_clicked:
            _read(visit, scenario, topic, query, hits, trial | ({"team": team} if team else {}))
            return
        visit.wait(5, 60)


def _type(visit: _Visit, words: str) -> str:
    """Draw the searches while typing, each on its way to the next, and return the id of the committed query."""
    visit.wait(2.5, 5)
    for cut in sorted(visit.draw.sample(range(1, len(words)), k=min(2, len(words) - 1))):
        visit.add(
            "query",
            query_id=visit.id(),
            user_query=words[:cut].rstrip(),
            query_response_hit_ids=[],
            query_attributes={"result_count": 0},
            application="search-box",
        )
        visit.wait(0.2, 0.9)
    return visit.id()


def _hits(scenario: Scenario, topic: Topic, place: int) -> list[str]:
    others = [other.page for other in scenario.topics if other.page != topic.page][:9]
    return [*others[: place - 1], topic.page, *others[place - 1 :]]


def _read(visit: _Visit, scenario: Scenario, topic: Topic, query: str, hits: list[str], trial: dict[str, str]) -> None:
    draw = visit.draw
    visit.wait(1, 8)
    place = hits.index(topic.page) + 1
    target = {"object": {"object_id": topic.page, "object_id_type": "article"}, "position": {"ordinal": place}}
    visit.add("click", query_id=query, event_attributes=target, application="search-box", **trial)
    is_read = draw.random() < scenario.read
    visit.wait(10 if is_read else 1, 120 if is_read else 9)
    if is_read and draw.random() < scenario.vote:
        is_helpful = draw.random() < scenario.helpful
        comment = topic.comments[0 if is_helpful else 1] if visit.common["session_id"] < "8" else ""
        message = {"message": comment} if comment else {}
        visit.add("feedback", page=topic.page, helpful=is_helpful, application="article", **message)
    dwell = draw.choice((10, 30, 60)) if is_read else 0
    visit.add("view", page=topic.page, dwell_seconds=dwell, application="article")


def _form(visit: _Visit, scenario: Scenario, topic: Topic) -> None:
    draw = visit.draw
    token = visit.id()
    arm = "holdout" if draw.random() < scenario.holdout else "suggestions"
    form = {"form_token": token, "arm": arm, "application": "contact-form"}
    visit.add("contact_start", **form)
    visit.wait(10, 60)
    sends = draw.random() < (scenario.send_without if arm == "holdout" else scenario.send)
    if arm == "suggestions":
        visit.add("suggestion_shown", query_response_hit_ids=[topic.page], **form)
        visit.wait(3, 20)
        if draw.random() < scenario.open_suggestion:
            target = {"object": {"object_id": topic.page}, "position": {"ordinal": 1}}
            visit.add("suggestion_click", event_attributes=target, **form)
            visit.wait(5, 60)
            if draw.random() < scenario.solved:
                visit.add("suggestion_solved", **form)
                return
            sends = draw.random() >= scenario.leave
    if sends:
        visit.wait(10, 90)
        visit.add("contact_submit", looked_first=draw.random() < scenario.looked_first, **form)


def _program(visit: _Visit, scenario: Scenario) -> None:
    """Draw a crawler that names itself, or a monitor that searches at an even pace and does not."""
    visit.bot = visit.draw.choice(("googlebot", "gptbot", ""))
    for _ in range(40):
        visit.at_ms += 5000
        visit.add(
            "query",
            query_id=visit.id(),
            user_query=scenario.topics[0].words,
            query_response_hit_ids=[],
            query_attributes={"result_count": 0, "committed_by": "enter"},
        )


def _lines(visit: _Visit, scenario: Scenario) -> Iterator[tuple[str, bytes]]:
    for at_ms, event in visit.events:
        times = 2 if visit.draw.random() < scenario.doubles else 1
        for _ in range(times):
            age = visit.draw.randrange(0, 3000)
            sent = {**event, "timestamp": _time(at_ms + visit.skew_ms), "age_ms": age}
            received = _time(at_ms + age)
            data = record(sent, received=received, source="collect", visit=visit.visit, bot=visit.bot)
            yield received[:10], pack(data)


def _time(ms: int) -> str:
    return f"{dt.datetime.fromtimestamp(ms // 1000, dt.UTC):%Y-%m-%dT%H:%M:%S}.{ms % 1000:03d}Z"
