"""Read access logs of nginx and Apache (combined format) and of CloudFront (standard), where the beacon is a request.

Formats: https://httpd.apache.org/docs/2.4/logs.html#combined ,
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/AccessLogs.html
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from urllib.parse import unquote

from kb_builder.analytics.bots import bot_name
from kb_builder.analytics.events import Fault, fault
from kb_builder.analytics.imports.beacon import beacon_text, parse_body
from kb_builder.analytics.imports.line import Imported, Line, Options, redacted, utc
from kb_builder.analytics.visits import visit_of

COMBINED = re.compile(
    r"(?P<address>\S{1,100}) \S+ .{1,200}? \[(?P<time>[^\]]{1,40})\]"
    r' "(?P<request>(?:[^"\\]|\\.)*)" (?P<status>\d{3}) \S+'
    r'(?: "(?:[^"\\]|\\.)*" "(?P<agent>(?:[^"\\]|\\.)*)")?'
)
_FIELDS = ("date", "time", "c-ip", "cs-method", "cs-uri-query", "sc-status", "cs(User-Agent)")


def read_combined(lines: Iterable[bytes], options: Options) -> Iterator[Line]:
    """Read the combined format; a line without an agent has the common format and is taken too."""
    for number, raw in enumerate(lines, start=1):
        found = COMBINED.match(raw.decode("utf-8", "replace"))
        if not found:
            yield Line(number, dropped=("wrong_format",))
            continue
        method, _, target = found["request"].partition(" ")
        try:
            moment = dt.datetime.strptime(found["time"], "%d/%b/%Y:%H:%M:%S %z")
        except ValueError:
            yield Line(number, dropped=("not_a_time",))
            continue
        yield _request(number, options, method, target, found["status"], moment, found["address"], found["agent"] or "")


def read_cloudfront(lines: Iterable[bytes], options: Options) -> Iterator[Line]:
    """Read CloudFront's tab-separated format; the columns are those of the ``#Fields`` line above."""
    columns: dict[str, int] = {}
    for number, raw in enumerate(lines, start=1):
        text = raw.decode("utf-8", "replace").rstrip("\r\n")
        if text.startswith("#"):
            if text.startswith("#Fields:"):
                columns = {name: place for place, name in enumerate(text.split()[1:])}
            yield Line(number)
            continue
        values = text.split("\t")
        if not columns or len(values) != len(columns) or not all(name in columns for name in _FIELDS):
            yield Line(number, dropped=("wrong_format",))
            continue
        day, time, address, method, query, status, agent = (values[columns[name]] for name in _FIELDS)
        try:
            moment = dt.datetime.fromisoformat(f"{day}T{time}+00:00")
        except ValueError:
            yield Line(number, dropped=("not_a_time",))
            continue
        yield _request(number, options, method, f"?{query}", status, moment, address, unquote(unquote(agent)))


def _request(
    number: int, options: Options, method: str, target: str, status: str, moment: dt.datetime, address: str, agent: str
) -> Line:
    text = beacon_text(target)
    if text is None or method != "GET":
        return Line(number, dropped=("other_request",))
    if not (status.startswith("2") or status == "304"):
        return Line(number, dropped=("failed_request",))
    events = text if isinstance(text, Fault) else parse_body(text)
    if isinstance(events, Fault):
        return Line(number, dropped=(events.value,))
    received = utc(moment)
    bot = bot_name(agent)
    kept: list[Imported] = []
    dropped: list[str] = []
    for event in events:
        clean = redacted(event, options) if type(event) is dict else event
        if found := fault(clean):
            dropped.append(found[0].value)
        else:
            # An event without a session was sent under Global Privacy Control: nothing may join it to others.
            visit = visit_of(options.visit_key(received[:10]), address, agent) if "session_id" in clean else ""
            kept.append(Imported(clean, received, visit, bot))
    return Line(number, tuple(kept), tuple(dropped))
