"""A comparison in, a report out: Markdown for a comment on a pull request, or one HTML page without scripts.

Everything shown comes from content that strangers may have written, so all of it is escaped.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from kb_builder.articles.redline import Change, RedlineBlock
from kb_builder.lint.compare import Comparison, PageChange, PolicyRedline, RankChange
from kb_builder.terminal import printable

_MOST_ROWS = 50
_MARKUP = re.compile(r"([\\`*_{}\[\]()+!|~])")
_REFERENCE = re.compile(r"([@#]|www)")  # who is mentioned, which issue, which address: rendering finds these in text
_STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: .3rem .6rem; vertical-align: top;
border-bottom: 1px solid light-dark(#ddd, #444); overflow-wrap: anywhere; }
del { background: light-dark(#fde2e1, #7f1d1d); } ins { background: light-dark(#d7f5dd, #14532d); }
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


@dataclass(frozen=True, slots=True)
class _Form:
    """How a form writes things. ``text`` escapes; all others take escaped text."""

    text: Callable[[str], str]
    heading: Callable[[int, str], str]
    paragraph: Callable[[str], str]
    table: Callable[[Sequence[str], Sequence[Sequence[str]]], str]
    removed: Callable[[str], str]
    added: Callable[[str], str]


def as_markdown(comparison: Comparison) -> str:
    """Write the report in GitHub's and GitLab's Markdown."""
    return "\n".join(_parts(comparison, _MARKDOWN)).rstrip() + "\n"


def as_html(comparison: Comparison) -> str:
    """Write the report as one page that loads nothing and runs nothing."""
    body = "\n".join(_parts(comparison, _HTML))
    title = html.escape(f"Changes since {comparison.revision}")
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>\n'
        f'<meta http-equiv="Content-Security-Policy" content="{html.escape(_POLICY)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{_STYLE}</style></head>\n<body>\n{body}\n</body></html>\n"
    )


def _parts(comparison: Comparison, form: _Form) -> Iterator[str]:
    yield form.heading(1, form.text(f"Changes since {comparison.revision}"))
    yield form.paragraph(form.text(_summary(comparison)))
    if comparison.pages:
        yield form.heading(2, "Pages")
        rows = [_page_row(page, form) for page in comparison.pages]
        yield from _table(form, ("", "Page", "File", "Words"), rows)
    for policy in comparison.redlines:
        yield from _policy(policy, form)
    if comparison.ranks:
        yield form.heading(2, "Queries that rank differently")
        rows = [_rank_row(change, form) for change in comparison.ranks]
        yield from _table(form, ("Query", "Rank of its article", "First hit"), rows)
    if comparison.new_issues:
        yield form.heading(2, "New issues")
        rows = [
            (found.level.value, found.code, form.text(_where(found.path, found.line)), form.text(found.message))
            for found in comparison.new_issues
        ]
        yield from _table(form, ("Level", "Code", "Where", "What"), rows)
    if comparison.sizes:
        before, now = comparison.sizes
        yield form.heading(2, "Sizes")
        rows = [
            ("Texts of all pages", *_kilobytes(before.page_bytes, now.page_bytes)),
            ("Search files", *_kilobytes(before.search_bytes, now.search_bytes)),
            ("Heaviest page with its pictures", *_kilobytes(before.heaviest_bytes, now.heaviest_bytes)),
        ]
        yield form.table(("", "Before", "Now", "Difference"), rows)
    else:
        yield form.paragraph("Search and sizes were not compared: one of the two has errors.")


def _summary(comparison: Comparison) -> str:
    fates = [page.fate.value for page in comparison.pages]
    counts = [f"{fates.count(fate)} {fate}" for fate in ("added", "changed", "moved", "removed") if fate in fates]
    parts = [f"Pages: {', '.join(counts)}" if counts else "No page differs"]
    parts.append(f"new issues: {len(comparison.new_issues)}, mended: {comparison.mended_issues}")
    if comparison.ranks is not None:
        parts.append(f"queries that rank differently: {len(comparison.ranks)}")
    return "; ".join(parts) + "."


def _page_row(page: PageChange, form: _Form) -> tuple[str, ...]:
    where = form.text(page.path)
    if page.was:
        note = "its old address leads here" if page.redirects else "its old address leads nowhere"
        where = f"{form.text(page.was)} → {where} ({note})"
    elif page.fate == "removed":
        where += " (its address leads on)" if page.redirects else " (its address leads nowhere)"
    return (page.fate.value, form.text(page.title), where, f"{page.words:+d}" if page.words else "0")


def _rank_row(change: RankChange, form: _Form) -> tuple[str, ...]:
    ranks = tuple(str(rank) if rank else "-" for rank in (change.rank_before, change.rank_now))
    titles = tuple(form.text(title) or "nothing" for title in (change.first_before, change.first_now))
    return (form.text(change.query), " → ".join(ranks), " → ".join(dict.fromkeys(titles)))


def _policy(policy: PolicyRedline, form: _Form) -> Iterator[str]:
    against = f" against {policy.against}" if policy.against else ""
    yield form.heading(2, form.text(f"{policy.title} ({policy.path}{against})"))
    shown = [block for block in policy.blocks if block.change is not Change.SAME]
    for block in shown[:_MOST_ROWS]:
        yield form.paragraph(_block(block, form))
    if len(shown) > _MOST_ROWS:
        yield form.paragraph(f"and {len(shown) - _MOST_ROWS} more paragraphs")


def _block(block: RedlineBlock, form: _Form) -> str:
    runs = []
    for run in block.runs:
        text = form.text(run.text.strip())
        if not text:
            runs.append(" ")
            continue
        lead, trail = run.text[:1].isspace() * " ", run.text[-1:].isspace() * " "
        if run.change is Change.REMOVED or block.change is Change.REMOVED:
            text = form.removed(text)
        elif run.change is Change.ADDED or block.change is Change.ADDED:
            text = form.added(text)
        runs.append(f"{lead}{text}{trail}")
    note = {Change.MOVED: "(moved here) ", Change.MOVED_AWAY: "(moved away) "}.get(block.change, "")
    return note + "".join(runs)


def _table(form: _Form, head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield form.table(head, rows[:_MOST_ROWS])
    if len(rows) > _MOST_ROWS:
        yield form.paragraph(f"and {len(rows) - _MOST_ROWS} more")


def _kilobytes(before: int, now: int) -> tuple[str, str, str]:
    percent = f" ({100 * (now - before) / before:+.1f} %)" if before else ""
    return f"{before / 1000:,.0f} kB", f"{now / 1000:,.0f} kB", f"{(now - before) / 1000:+,.1f} kB{percent}"


def _where(path: str, line: int) -> str:
    return f"{path}:{line}" if line else path


# ---- Markdown ------------------------------------------------------------------------------------------------------


def _markdown_text(text: str) -> str:
    """Escape text so that no renderer takes a part of it for markup, a mention or an address."""
    escaped = _MARKUP.sub(r"\\\1", html.escape(printable(" ".join(text.split())), quote=False))
    return _REFERENCE.sub("\\1\u200b", escaped)


def _markdown_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


_MARKDOWN = _Form(
    text=_markdown_text,
    heading=lambda level, text: f"{'#' * level} {text}\n",
    paragraph=lambda text: f"{text}\n",
    table=_markdown_table,
    removed=lambda text: f"<del>{text}</del>",
    added=lambda text: f"<ins>{text}</ins>",
)

# ---- HTML ----------------------------------------------------------------------------------------------------------


def _html_text(text: str) -> str:
    return html.escape(printable(" ".join(text.split())))


def _html_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    top = "".join(f'<th scope="col">{cell}</th>' for cell in head)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>\n" for row in rows)
    return f"<table>\n<thead><tr>{top}</tr></thead>\n<tbody>\n{body}</tbody></table>"


_HTML = _Form(
    text=_html_text,
    heading=lambda level, text: f"<h{level}>{text}</h{level}>",
    paragraph=lambda text: f"<p>{text}</p>",
    table=_html_table,
    removed=lambda text: f"<del>{text}</del>",
    added=lambda text: f"<ins>{text}</ins>",
)
