"""A report says what the counts say, shows nothing that leads to few people, and executes nothing."""

import csv
import datetime as dt
import html
import io
import json
import os
import re
import subprocess
import sys

import pytest
from event_makers import make_event

pytest.importorskip("duckdb", reason="the extra 'analytics' is not installed")
pytest.importorskip("altair", reason="the extra 'analytics' is not installed")
pytest.importorskip("vl_convert", reason="the extra 'analytics' is not installed")

from kb_builder.analytics.duck import Incident
from kb_builder.analytics.privacy import may_show, rounded, show_texts
from kb_builder.analytics.report import safe_cell
from kb_builder.analytics.reporting import Wanted, demo_report, make_report
from kb_builder.analytics.segments import pack, record, segment_path
from kb_builder.analytics.simulate import Scenario, Topic, simulate
from kb_builder.analytics.wording import percent

TOPICS = (Topic("a/", "alpha cat", contact=0.4), Topic("b/", "beta cow", finds=False, contact=0.3))

HOSTILE = [
    "<script>document.title='owned'</script>",
    "<img src=x onerror=\"document.title='owned'\">",
    "'\"><svg onload=document.title='owned'>",
    "</style><script>document.title='owned'</script>",
    "</svg><script>document.title='owned'</script>",
    "{{7*7}} ${7*7} <%= 7*7 %>",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://evil.example","x")',
    "@SUM(1+1)*cmd",
    "+1-1 \u202egnp.exe",
    "javascript:document.title='owned'",
    "\x1b[31mred\x1b[0m\r\nSet-Cookie: a=b",
    "a\u2028b\u0000c",
]


def log(folder, events):
    """Write events, each a tuple of session, day of March, second and the event's own fields."""
    days = {}
    for number, (session, day, second, fields) in enumerate(events):
        moment = dt.datetime(2026, 3, day, 10, tzinfo=dt.UTC) + dt.timedelta(seconds=second)
        at = f"{moment:%Y-%m-%dT%H:%M:%S}.000Z"
        action = fields.pop("action")
        made = make_event(action, event_id=f"event-{number:06}", at=at, session_id=session, **fields)
        days.setdefault(f"2026-03-{day:02}", []).append(pack(record(made, received=at, source="collect")))
    for day, lines in days.items():
        path = segment_path(folder / "raw", day, "collect-a")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"".join(lines))


def searches(text, visits, *, days=3, hits=0, name="visit"):
    for number in range(visits):
        attributes = {"result_count": hits, "committed_by": "enter"}
        fields = {"query_id": f"query-{name}-{number}", "user_query": text, "query_attributes": attributes}
        yield f"{name}-{number:04}", 1 + number % days, 0, {"action": "query", **fields}


def report(folder, **wanted):
    files = make_report(folder, Wanted(site_name=wanted.pop("site_name", "Shop"), **wanted))
    return {file.path: file.data for file in files}


@pytest.fixture(scope="module")
def demo():
    return {file.path: file.data for file in demo_report(Wanted(site_name="Shop", cost_per_contact=8, currency="£"))}


def test_the_demo_tells_what_was_put_into_it(demo):
    data = json.loads(demo["report.json"])

    assert data["advice"][0]["title"] == "Write an answer to “vat invoice company”"
    causes = {gap["texts"][0]: gap["cause"] for gap in data["gaps"]}
    assert causes["rucksack strap"] == "vocabulary"
    assert causes["rent kayak"] == "out of scope"
    assert causes["klarna instalment"] == "ranking"
    assert data["articles"][0]["page"] == "faq/orders/damaged-parcel/"
    assert data["holdout"]["interval"]["low"] > 0
    assert data["traffic"]["bot"] > 0


def test_the_demo_compares_two_rankings_and_tells_what_was_registered(demo):
    found = json.loads(demo["report.json"])["preference"]

    assert found["decided"] > 100 and found["winner"] == "other"
    page = demo["figures.html"].decode()
    assert "The other ranking is preferred." in page
    assert "in the other ranking meanings make 70" in page and "to 2026-10-04" in page


def test_themes_of_comments_stand_in_page_data_and_table(demo):
    found = json.loads(demo["report.json"])["themes"]["found"]

    assert [theme["words"][0] for theme in found] == ["link", "label"]
    assert found[1]["sentiment"] == "mostly complaint"
    assert b"return label" in demo["articles.html"] and b"mostly complaint" in demo["articles.html"]
    assert demo["themes.csv"].splitlines()[2].startswith(b'"label, return')


def test_the_demo_is_the_same_every_time(demo):
    again = {file.path: file.data for file in demo_report(Wanted(site_name="Shop", cost_per_contact=8, currency="£"))}

    assert again == demo


def test_pages_are_alone_in_the_world_and_without_script(demo):
    for name, data in demo.items():
        if name.endswith(".html"):
            text = data.decode()
            assert "<script" not in text
            assert not re.search(r"\s(on\w+|style)=", text)
            assert not re.findall(r'(?:src|href)="(?!data:image/svg|index|searches|articles|figures)', text)
            assert "default-src 'none'" in html.unescape(text)


@pytest.mark.parametrize("visits", [0, 1, 2])
def test_hardly_any_visits_give_no_rate_and_leak_no_text(tmp_path, visits):
    log(tmp_path, [*searches("secret words", visits)])

    files = report(tmp_path)

    data = json.loads(files["report.json"])
    assert all(rate["value"] is None for rate in data["rates"].values())
    assert all(b"secret" not in content for content in files.values())
    assert b"not enough data" in files["index.html"]


def test_only_programs_give_no_rate(tmp_path):
    path = segment_path(tmp_path / "raw", "2026-03-01", "collect-a")
    path.parent.mkdir(parents=True)
    path.write_bytes(pack(record(make_event(), received="2026-03-01T10:00:00.000Z", source="collect", bot="gptbot")))

    data = json.loads(report(tmp_path, until=dt.date(2026, 3, 1))["report.json"])

    assert data["traffic"] == {"bot": 1}
    assert data["rates"]["contact_rate"]["value"] is None


def test_the_same_weeks_a_year_ago_stand_beside_the_weeks_before(tmp_path):
    for first in (dt.date(2026, 3, 2), dt.date(2026, 3, 2) - dt.timedelta(days=364)):
        for day, line in simulate(Scenario(TOPICS), seed=first.year, visits=80, first_day=first, days=7):
            path = segment_path(tmp_path / "raw", day, "simulated")
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("ab") as file:
                file.write(line)

    files = report(tmp_path, days=7, until=dt.date(2026, 3, 8))

    rate = json.loads(files["report.json"])["rates"]["contact_rate"]
    assert rate["before"] is None
    assert 0 < rate["year_ago"]["rate"] < 1
    assert b"a year ago" in files["index.html"]


def test_an_incident_has_a_row_of_its_own(tmp_path):
    log(tmp_path, searches("is it down", 30, name="down"))

    files = report(tmp_path, incidents=(Incident(0, 2**42),))

    assert len(json.loads(files["report.json"])["incidents"]) == 1
    assert b"Incidents, which no figure counts" in files["index.html"]


def test_a_text_is_shown_from_five_visits_on_two_days(tmp_path):
    log(
        tmp_path,
        [
            *searches("often asked", 30, name="often"),
            *searches("anna schmidt", 4, name="rare"),
            *searches("one day only", 9, days=1, name="single"),
            *searches("another rare", 3, name="other"),
        ],
    )

    files = report(tmp_path)

    everything = b"".join(files.values())
    assert b"often asked" in everything
    assert not any(text in everything for text in (b"anna", b"one day only", b"another rare"))
    assert json.loads(files["report.json"])["not_found"] == [
        {"text": "often asked", "locale": "en", "visits": 30, "searches": 30, "failed": 30, "contacted": 0}
    ]


def row(text, visits, days=3):
    return {"text": text, "visits": visits, "days": days}


def test_one_hidden_text_takes_a_second_with_it():
    """Otherwise the total less what is shown would be the one that is hidden."""
    shown = show_texts([row("a", 50), row("b", 9), row("c", 4)])

    assert [each["text"] for each in shown.rows] == ["a"]
    assert (shown.hidden_rows, shown.hidden_visits) == (2, 10)
    assert show_texts([row("a", 50), row("b", 9)]).hidden_rows == 0
    assert show_texts([row("a", 4)]).rows == ()
    assert not may_show(row("a", 500, days=1))


def test_a_report_a_day_later_does_not_tell_one_visit(tmp_path):
    log(tmp_path / "a", [*searches("refund", 22)])
    log(tmp_path / "b", [*searches("refund", 23)])

    first, second = (json.loads(report(tmp_path / name)["report.json"])["not_found"] for name in "ab")

    assert first == second
    assert rounded(24) == 20


def hostile_log(folder):
    events = []
    for number, text in enumerate(HOSTILE):
        events += searches(text, 25, name=f"hostile-{number}")
        for visit in range(25):
            session = f"hostile-{number}-{visit:04}"
            fields = {"page": text, "helpful": False, "message": f"{text} broken", "application": "article"}
            events.append((session, 1 + visit % 3, 30, {"action": "feedback", **fields}))
            events.append((session, 1 + visit % 3, 60, {"action": "view", "page": text, "application": "article"}))
            events.append((session, 1 + visit % 3, 90, {"action": "contact_submit"}))
    log(folder, events)


def test_no_cell_is_a_formula(tmp_path):
    hostile_log(tmp_path)

    files = report(tmp_path, site_name="=1+1")

    for name in ("searches.csv", "articles.csv", "figures.csv"):
        rows = list(csv.reader(io.StringIO(files[name].decode())))
        assert len(rows) > 1
        for cell in (cell for row in rows for cell in row):
            assert not re.match(r"[=+@|%\t\r\n]", cell), cell
            assert not re.match(r"-(?![\d.]+$)", cell), cell
            assert not re.search(r"[\x00-\x1f\u202a-\u202e]", cell)
    assert safe_cell("-1+2") == "'-1+2" and safe_cell(-1) == -1 and safe_cell("  =1") == "'  =1"


@pytest.mark.browser
def test_hostile_texts_execute_nothing_in_a_browser(tmp_path, browser):
    hostile_log(tmp_path / "log")
    for name, data in report(tmp_path / "log", site_name=HOSTILE[0]).items():
        (tmp_path / name).write_bytes(data)
    page = browser.new_page()
    requests, problems = [], []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: problems.append(message.text))
    page.on("dialog", lambda dialog: problems.append(dialog.message))

    for name in ("index", "searches", "articles", "figures"):
        page.goto((tmp_path / f"{name}.html").as_uri())
        assert page.title() != "owned"
        assert page.locator("script, iframe, object, svg").count() == 0
    page.goto((tmp_path / "articles.html").as_uri())
    shown = page.locator("td bdi").all_inner_texts()

    assert any("<script>document.title='owned'</script>" in text for text in shown)
    assert problems == []
    assert all(url.startswith(("file:", "data:image/svg+xml")) for url in requests)


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 1280])
def test_the_report_fits_narrow_and_wide_screens(tmp_path, browser, demo, width):
    for name, data in demo.items():
        (tmp_path / name).write_bytes(data)
    page = browser.new_page(viewport={"width": width, "height": 900})

    for name in ("index", "searches", "articles", "figures"):
        page.goto((tmp_path / f"{name}.html").as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_command_writes_the_report_and_needs_no_help_center(tmp_path):
    run = subprocess.run(
        [sys.executable, "-m", "kb_builder", "report", "--demo", "--out", "here"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={**os.environ, "LC_ALL": "C"},
        check=False,
    )

    assert run.returncode == 0, run.stderr
    assert (tmp_path / "here" / "index.html").exists()


def test_a_missing_extra_is_one_line_that_names_the_command(tmp_path):
    code = "import sys; sys.modules['duckdb'] = None; sys.argv = ['kb', 'report', '--demo']\n"
    code += "from kb_builder.cli import main; main()"
    run = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert run.returncode == 1
    assert "pip install 'kb_builder[analytics]'" in run.stderr
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "not enough data"), (0.034, "3.4\u202f%"), (0.5, "50\u202f%"), (-0.02, "−2\u202f%"), (1, "100\u202f%")],
)
def test_shares_are_written_for_people(value, text):
    assert percent(value) == text


def test_an_article_that_leads_to_contact_stands_out(tmp_path):
    events = []
    for number in range(600):
        bad = number % 3 == 0
        session, day = f"visit-{number:04}", 1 + number % 20
        page = "bad/" if bad else f"good-{number % 5}/"
        events.append((session, day, 0, {"action": "view", "page": page}))
        if number % (2 if bad else 25) == 0:
            events.append((session, day, 60, {"action": "contact_submit"}))
    log(tmp_path, events)

    articles = json.loads(report(tmp_path)["report.json"])["articles"]

    assert articles[0]["page"] == "bad/"
    assert articles[0]["low"] > 0.2
