"""Search results, and how good they are, as text for a terminal and as data for ``--json``."""

from __future__ import annotations

from typing import Any

from rich.text import Text

from kb_builder.index.evaluate import Evaluation
from kb_builder.index.ranking import Contribution, Hit, Results
from kb_builder.terminal import printable


def format_results(results: Results, *, explain: bool) -> Text:
    """Give the hits, best first: title, address, best passage with its words marked, and the reasons when asked for."""
    text = Text()
    if results.corrections:
        used = ", ".join(used for _, used in results.corrections)
        text.append("Showing results for ")
        text.append(f"{printable(used)}\n", style="bold")
    if not results.hits:
        text.append("Nothing found. Try other words, or look at the topics on the front page.\n")
    for rank, hit in enumerate(results.hits, start=1):
        text.append(f"{rank:2}. ")
        text.append(printable(hit.title), style="bold")
        text.append(f"\n    {printable(hit.link)}", style="cyan")
        labels = " · ".join(label for label in (hit.kind, hit.category) if label)
        text.append(f"  {printable(labels)}\n" if labels else "\n", style="dim")
        if hit.excerpt.parts:
            text.append("    ")
            for part in hit.excerpt.parts:
                text.append(printable(part.text), style="yellow" if part.marked else "")
            text.append("\n")
        if explain:
            text.append_text(_format_reasons(hit))
    if results.unknown_words:
        text.append(f"Not found anywhere: {printable(', '.join(results.unknown_words))}\n", style="dim")
    return text


def results_as_data(results: Results, *, explain: bool) -> dict[str, Any]:
    """Give what the text shows; scores are whole numbers without a unit, comparable within one query only."""
    return {
        "words": list(results.words),
        "unknown_words": list(results.unknown_words),
        "corrections": [{"typed": typed, "used": used} for typed, used in results.corrections],
        "hits": [_hit_as_data(hit, explain=explain) for hit in results.hits],
    }


def format_evaluation(evaluation: Evaluation) -> str:
    """Give one figure a line; shares of queries with their two counts, sizes in kB (1,000 bytes, gzip)."""
    n = evaluation.queries
    lines = [f"queries           {n}"]
    for name, share in (
        ("success@1", evaluation.success_1),
        ("success@3", evaluation.success_3),
        ("zero results", evaluation.zero_result_rate),
    ):
        lines.append(f"{name:16}  {share:.3f}  ({round(share * n)} of {n} queries)")
    lines.append(f"mrr@10            {evaluation.mrr_10:.3f}  (mean over {n} queries)")
    lines.append(f"ndcg@10           {evaluation.ndcg_10:.3f}  (mean over {n} queries)")
    for name, size in (
        ("first query", evaluation.first_query_bytes),
        ("next query", evaluation.next_query_bytes_p50),
        ("next query, p95", evaluation.next_query_bytes_p95),
    ):
        if size is not None:
            lines.append(f"{name:16}  {size / 1000:.1f} kB")
    return "\n".join(lines) + "\n"


def _format_reasons(hit: Hit) -> Text:
    text = Text(f"    score {hit.score}\n", style="dim")
    if hit.is_pinned:
        text.append("        first because the query is pinned to it\n", style="dim")
    elif hit.is_exact_title:
        text.append("        first because the title is the query\n", style="dim")
    elif hit.is_exact_question:
        text.append("        first because one of its questions is the query\n", style="dim")
    for row in hit.explain:
        text.append(f"        {row.score:8}  {_reason(row)}\n", style="dim")
    return text


def _reason(row: Contribution) -> str:
    """Say what a word gave: idf is in thousandths, the impact from 1 to 255, a meaning's parts as they are packed."""
    if row.is_meaning:
        return f"about what {printable(row.word)} means (peak {row.idf} × weight {row.impact}, scaled)"
    typed = printable(row.word) if row.word == row.matched else f"{printable(row.word)} → {printable(row.matched)}"
    fields = f" in {', '.join(row.fields)}" if row.fields else ""
    synonym = ", synonym: eight tenths" if row.is_synonym else ""
    completion = ", unfinished word: six tenths" if row.is_completion else ""
    spelling = f", spelling: {'eight' if row.edits == 1 else 'five'} tenths" if row.edits else ""
    return f"{typed}{fields} (idf {row.idf} × impact {row.impact}{synonym}{completion}{spelling})"


def _hit_as_data(hit: Hit, *, explain: bool) -> dict[str, Any]:
    data: dict[str, Any] = {
        "title": hit.title,
        "url": hit.link,
        "summary": hit.summary,
        "kind": hit.kind,
        "category": hit.category,
        "score": hit.score,
        "excerpt": [{"text": part.text, "marked": part.marked} for part in hit.excerpt.parts],
    }
    if explain:
        data["pinned"] = hit.is_pinned
        data["exact_title"] = hit.is_exact_title
        data["exact_question"] = hit.is_exact_question
        data["explain"] = [
            {
                "word": row.word,
                "matched": row.matched,
                "idf": row.idf,
                "impact": row.impact,
                "score": row.score,
                "fields": list(row.fields),
                "synonym": row.is_synonym,
                "completion": row.is_completion,
                "meaning": row.is_meaning,
                "edits": row.edits,
            }
            for row in hit.explain
        ]
    return data
