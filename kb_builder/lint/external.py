"""Links to other sites: asked one by one, politely, and remembered. Edge: network, disk.

One request at a time and a pause between two go to each host; several hosts are asked at once. Only public addresses
are asked, as links come from strangers and a build machine stands inside a network. Answers are kept for a while, so
that checking often asks each site once a week.
"""

from __future__ import annotations

import datetime as dt
import http.client
import ipaddress
import json
import socket
import ssl
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from kb_builder import __version__
from kb_builder.articles.codes import issue
from kb_builder.articles.links import LinkKind
from kb_builder.issues import Fix, Issue
from kb_builder.lint.model import LintInput

_HOSTS_AT_ONCE = 8
_PAUSE_SECONDS = 0.5
_TIMEOUT_SECONDS = 10
_MOST_REDIRECTS = 5
_MOST_WAIT_SECONDS = 20
_GOOD_DAYS = 7
_BAD_DAYS = 1
_MOVED_FOR_GOOD = (301, 308)
_MOVED = (*_MOVED_FOR_GOOD, 302, 303, 307)
_GONE = (404, 410)
_HEAD_REFUSED = (400, 403, 404, 405, 501, 503)  # what servers answer that do not know HEAD, or take it for a robot's
# Names that documentation uses and nobody answers (RFC 2606, RFC 6761).
_RESERVED = (".example", ".test", ".invalid", ".localhost", "example.com", "example.net", "example.org", "localhost")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a site said.

    Attributes:
        status: HTTP status of the last page; 0 when there was none.
        moved_to: Where it has moved for good, or empty.
        reason: Why there was no status.
        day: When it was asked, YYYY-MM-DD.
    """

    status: int
    moved_to: str
    reason: str
    day: str

    def is_fresh(self, today: dt.date) -> bool:
        """Say whether it need not be asked again."""
        days = _GOOD_DAYS if 200 <= self.status < 300 else _BAD_DAYS
        return 0 <= (today - dt.date.fromisoformat(self.day)).days < days


@dataclass(frozen=True, slots=True)
class Place:
    """Where a link stands: the path in issues, and the line."""

    path: str
    line: int


def external_links(lint: LintInput) -> dict[str, list[tuple[Place, str]]]:
    """Return the addresses that articles link to, without fragments, with their places and as they are written."""
    found: defaultdict[str, list[tuple[Place, str]]] = defaultdict(list)
    for reading in lint.articles():
        path = reading.article.path
        for link in reading.links:
            resolved = lint.resolve(link, path)
            if resolved.kind is LinkKind.EXTERNAL and (url := _askable(resolved.href)):
                found[url].append((Place(lint.at(path), link.line), link.href))
    return dict(sorted(found.items()))


def answer_issues(links: Mapping[str, Sequence[tuple[Place, str]]], answers: Mapping[str, Answer]) -> Iterator[Issue]:
    """Say of each link that is gone, silent or moved, at each of its places."""
    for url, places in links.items():
        answer = answers[url]
        for place, written in places:
            if answer.status in _GONE:
                yield issue("KB320", place.path, place.line, f"'{url[:120]}' answers {answer.status}")
            elif not 200 <= answer.status < 300:
                said = f"answers {answer.status}" if answer.status else answer.reason
                yield issue("KB321", place.path, place.line, f"'{url[:120]}' {said}")
            elif answer.moved_to:
                fragment = urlsplit(written).fragment
                new = f"{answer.moved_to}#{fragment}" if fragment else answer.moved_to
                message = f"'{url[:120]}' has moved to '{answer.moved_to[:120]}'"
                yield issue("KB322", place.path, place.line, message, "", Fix(written, new, literal=True))


def ask(
    urls: Iterable[str], *, memory: Path, today: dt.date, private: bool = False, pause_seconds: float = _PAUSE_SECONDS
) -> dict[str, Answer]:
    """Ask for every address that has not been asked for lately.

    Args:
        urls: Absolute http and https addresses.
        memory: File in which answers are kept; one that cannot be read or written costs only time.
        today: Decides which answers are old.
        private: Ask hosts in private networks too.
        pause_seconds: Between two requests to one host.
    """
    wanted = list(urls)
    known = {url: answer for url, answer in _remembered(memory).items() if url in wanted and answer.is_fresh(today)}
    by_host: defaultdict[str, list[str]] = defaultdict(list)
    for url in wanted:
        if url not in known:
            by_host[urlsplit(url).netloc].append(url)

    def ask_host(of_host: list[str]) -> list[tuple[str, Answer]]:
        answers = []
        for position, url in enumerate(of_host):
            if position:
                time.sleep(pause_seconds)
            answers.append((url, _ask(url, today=today, private=private)))
        return answers

    with ThreadPoolExecutor(_HOSTS_AT_ONCE) as pool:
        for answers in pool.map(ask_host, by_host.values()):
            known.update(answers)
    _remember(memory, known)
    return known


def _askable(href: str) -> str:
    """Return an address in the form in which it is asked for, without its fragment; empty when nobody answers there."""
    try:
        parts = urlsplit(f"https:{href}" if href.startswith("//") else href)
        host, _ = (parts.hostname or "").encode("idna").decode("ascii"), parts.port
    except (ValueError, UnicodeError):
        return ""
    if parts.scheme.lower() not in ("http", "https") or not host or parts.username or parts.password:
        return ""
    if host.endswith(_RESERVED):
        return ""
    port = f":{parts.port}" if parts.port else ""
    shown = f"[{host}]" if ":" in host else host
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    return urlunsplit(
        (parts.scheme.lower(), f"{shown}{port}", path, quote(parts.query, safe="/%:@!$&'()*+,;=~-._?"), "")
    )


# ---- one address ---------------------------------------------------------------------------------------------------


def _ask(url: str, *, today: dt.date, private: bool) -> Answer:
    """Follow an address to its page. Only moves for good, one after the other from the start, are worth a new link."""
    here, moved_to, for_good, waited = url, "", True, False
    for _ in range(_MOST_REDIRECTS + 1):
        try:
            status, location, wait = _request("HEAD", here, private=private)
            if status in _HEAD_REFUSED:
                status, location, wait = _request("GET", here, private=private)
        except (OSError, http.client.HTTPException, ValueError) as error:
            return Answer(0, "", _reason(error), today.isoformat())
        if status in (429, 503) and not waited and 0 < wait <= _MOST_WAIT_SECONDS:
            waited = True
            time.sleep(wait)
            continue
        if status not in _MOVED or not location:
            return Answer(status, moved_to, "", today.isoformat())
        for_good = for_good and status in _MOVED_FOR_GOOD
        here = _askable(urljoin(here, location)) or here
        moved_to = here if for_good else moved_to
    return Answer(0, "", "leads in a circle", today.isoformat())


def _request(method: str, url: str, *, private: bool) -> tuple[int, str, int]:
    """Send one request; return the status, where it leads, and for how many seconds to wait."""
    parts = urlsplit(url)
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        connection = http.client.HTTPSConnection(
            parts.netloc, timeout=_TIMEOUT_SECONDS, context=ssl.create_default_context()
        )
    else:
        connection = http.client.HTTPConnection(parts.netloc, timeout=_TIMEOUT_SECONDS)
    # The address that was judged is the one that is connected to: a name can give another one the second time.
    connection._create_connection = _connect if private else _connect_publicly  # type: ignore[attr-defined]
    try:
        target = urlunsplit(("", "", parts.path, parts.query, ""))
        headers = {"User-Agent": f"kb_builder/{__version__} (link check)", "Accept": "*/*", "Connection": "close"}
        connection.request(method, target, headers=headers)
        answer = connection.getresponse()
        wait = answer.getheader("Retry-After") or ""
        return answer.status, answer.getheader("Location") or "", int(wait) if wait.isdecimal() and len(wait) < 6 else 0
    finally:
        connection.close()


def _connect(address: tuple[str, int], timeout: float, source: Any = None) -> socket.socket:
    return socket.create_connection(address, timeout)


def _connect_publicly(address: tuple[str, int], timeout: float, source: Any = None) -> socket.socket:
    """Connect to a host at its first address if all that it has are public.

    Raises:
        PermissionError: One of them is not.
    """
    found = socket.getaddrinfo(*address, type=socket.SOCK_STREAM)
    if not found or not all(ipaddress.ip_address(str(entry[4][0]).partition("%")[0]).is_global for entry in found):
        raise PermissionError(f"{address[0]} is in a private network")
    return socket.create_connection((str(found[0][4][0]), address[1]), timeout)


def _reason(error: Exception) -> str:
    if isinstance(error, PermissionError):
        return "is in a private network; checks.private_links allows that"
    if isinstance(error, socket.gaierror):
        return "is at a host that is not known"
    if isinstance(error, TimeoutError):
        return f"does not answer within {_TIMEOUT_SECONDS} seconds"
    if isinstance(error, ssl.SSLError):
        return "has no valid certificate"
    return f"cannot be reached: {type(error).__name__}"


# ---- memory --------------------------------------------------------------------------------------------------------


def _remembered(memory: Path) -> dict[str, Answer]:
    try:
        data = json.loads(memory.read_text(encoding="utf-8"))
        answers = {str(url): Answer(**values) for url, values in data.items()}
        for answer in answers.values():
            dt.date.fromisoformat(answer.day)
            if not isinstance(answer.status, int) or not isinstance(answer.moved_to, str):
                return {}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
    return answers


def _remember(memory: Path, answers: Mapping[str, Answer]) -> None:
    text = json.dumps({url: asdict(answer) for url, answer in sorted(answers.items())}, indent=1)
    try:
        memory.parent.mkdir(parents=True, exist_ok=True)
        memory.write_text(text, encoding="utf-8")
    except OSError:
        return
