"""Search results, and how good they are, as text for a terminal and as data for ``--json``."""

from __future__ import annotations

from dataclasses import asdict
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
    if results.level == "unsure" and results.hits:
        text.append("Not sure that any of these answers the question.\n")
    if not results.hits:
        text.append("Nothing found. Try other words, or look at the topics on the front page.\n")
    for rank, hit in enumerate(results.hits, start=1):
        text.append(f"{rank:2}. ")
        text.append(printable(hit.title), style="bold")
        if rank == 1:
            text.append(f"  {_confidence(results)}", style="green" if results.level == "sure" else "dim")
        text.append(f"\n    {printable(hit.link)}", style="cyan")
        labels = " · ".join(label for label in (hit.kind, hit.category) if label)
        text.append(f"  {printable(labels)}\n" if labels else "\n", style="dim")
        if hit.excerpt.parts:
            text.append("    ")
            for part in hit.excerpt.parts:
                text.append(printable(part.text), style="yellow" if part.marked else "")
            text.append("\n")
        if explain:
            if rank == 1:
                text.append(f"    confidence {results.confidence} %: {_grounds(results)}\n", style="dim")
            text.append_text(_format_reasons(hit))
    if results.level == "unsure" and (topic := results.nearest_category):
        text.append(f"Nearest topic: {printable(topic.title)}  ")
        text.append(f"{printable(topic.url)}\n", style="cyan")
    if results.unknown_words:
        text.append(f"Not found anywhere: {printable(', '.join(results.unknown_words))}\n", style="dim")
    return text


def results_as_data(results: Results, *, explain: bool) -> dict[str, Any]:
    """Give what the text shows; scores are whole numbers without a unit, comparable within one query only."""
    return {
        "words": list(results.words),
        "unknown_words": list(results.unknown_words),
        "corrections": [{"typed": typed, "used": used} for typed, used in results.corrections],
        "total": results.total,
        **({"counts": results.counts} if results.counts else {}),
        "confidence": results.confidence / 100,
        "level": results.level,
        "answer": _answer_as_data(results),
        "nearest_category": asdict(topic) if (topic := results.nearest_category) else None,
        **({"grounds": asdict(results.grounds) if results.grounds else None} if explain else {}),
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
    if calibration := evaluation.calibration:
        for name, (shown, right) in (("sure", calibration.sure), ("unsure", calibration.unsure)):
            lines.append(f"{name:16}  {shown / n:.3f}  ({shown} of {n} queries; first hit right in {right})")
        lines.append(f"brier score       {calibration.brier:.3f}  (of the confidence in first hits; 0 is best)")
        lines.append(f"calibration error {calibration.calibration_error:.3f}  (mean over 10 bins)")
    for name, size in (
        ("first query", evaluation.first_query_bytes),
        ("next query", evaluation.next_query_bytes_p50),
        ("next query, p95", evaluation.next_query_bytes_p95),
    ):
        if size is not None:
            lines.append(f"{name:16}  {size / 1000:.1f} kB")
    return "\n".join(lines) + "\n"


def _confidence(results: Results) -> str:
    claim = f"({results.confidence} % sure)"
    return f"Answer {claim}" if results.level == "sure" else claim


def _grounds(results: Results) -> str:
    """Say what the confidence rests on; see `Grounds` for the units."""
    grounds = results.grounds
    if grounds is None or grounds.is_certain:
        return "someone wrote down that this is what the query asks for"
    return (
        f"margin {grounds.margin / 10:.0f} % to the next hit, mean impact {grounds.strength / 100:.1f} of its words, "
        f"{grounds.absent / 10:.0f} % of them in no article"
    )


def _answer_as_data(results: Results) -> dict[str, str] | None:
    """Give what a page shows above the other hits when it is sure; None when it is not."""
    if results.level != "sure":
        return None
    first = results.hits[0]
    return {"title": first.title, "url": first.link, "text": "".join(part.text for part in first.excerpt.parts)}


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
