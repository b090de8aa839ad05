"""Count the bytes that a visitor fetches for a query, at the host that sends them."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from engines import Published
from playwright.sync_api import Browser
from web import SHOWN, serve, visit

from kb_builder.index.metrics import percentile

_CODE = (".js", ".mjs", ".wasm", "wasm.en.pagefind", "wasm.unknown.pagefind")


@dataclass(frozen=True, slots=True)
class WireBytes:
    """What queries cost, each as the first of a visit and each as the next one of a visit; and the code in that."""

    first: tuple[int, ...]
    following: tuple[int, ...]
    code: int

    def cell(self, *, of_first: bool) -> tuple[float, float]:
        """Return median and 95th percentile in kB (1,000 bytes)."""
        sizes = self.first if of_first else self.following
        return statistics.median(sizes) / 1000, percentile(sizes, 95) / 1000


def count_bytes(browser: Browser, published: Published, queries: Sequence[str], *, shown: int = SHOWN) -> WireBytes:
    """Ask each query in a visit of its own, then the one after it in the same visit.

    One visit tells all about an engine that downloads its index at once.
    """
    first, following = [], []
    pairs = list(zip(queries, [*queries[1:], queries[0]], strict=True))
    if published.engine.at_once:
        pairs = pairs[:1]
    with serve(published) as host:
        for query, after in pairs:
            with visit(browser, host, published) as visitor:
                before = len(host.sent)
                visitor.open()
                visitor.ask([query], shown=shown)
                visitor.settle()
                between = len(host.sent)
                visitor.ask([after], shown=shown)
                visitor.settle()
                first.append(sum(one.size for one in host.sent[before:between]))
                following.append(sum(one.size for one in host.sent[between:]))
        code = {one.path: one.size for one in host.sent if one.path.endswith(_CODE)}
    return WireBytes(tuple(first), tuple(following), sum(code.values()))
