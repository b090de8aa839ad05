"""Figures in, SVG out. The only room that knows Altair and vl-convert.

The pictures hold no script and load nothing; they are shown as images, so that nothing in them can act on the page.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kb_builder.analytics.extras import need

if TYPE_CHECKING:
    from kb_builder.analytics.figures import Point

_INK, _SOFT, _LINE, _ACCENT, _SECOND = "#15211b", "#43514a", "#dae2d8", "#17573e", "#b5651d"
_FONT = "Avenir Next, Segoe UI, Roboto, Helvetica Neue, Noto Sans, Arial, sans-serif"


def funnel_chart(steps: Sequence[tuple[str, int]]) -> str:
    """Draw how many visits got how far."""
    alt = need("altair", extra="analytics")
    top = max((count for _, count in steps), default=0) or 1
    rows = [
        {"step": label, "visits": count, "text": f"{count:,}".replace(",", "\u202f") + f"  ({count / top:.0%})"}
        for label, count in steps
    ]
    base = alt.Chart(alt.Data(values=rows)).encode(
        y=alt.Y("step:N", sort=[label for label, _ in steps], title=None, axis=alt.Axis(labelLimit=260)),
        x=alt.X("visits:Q", title=None, axis=None, scale=alt.Scale(domain=[0, top * 1.4])),
    )
    bars = base.mark_bar(color=_ACCENT, height=20, cornerRadiusEnd=4)
    labels = base.mark_text(align="left", dx=6, color=_INK).encode(text="text:N")
    return _svg((bars + labels).properties(width=300, height=34 * max(len(steps), 1)))


def trend_chart(series: Sequence[tuple[str, Sequence[Point]]]) -> str:
    """Draw rates by week with their intervals as bands.

    Args:
        series: What people call it, and its points.
    """
    alt = need("altair", extra="analytics")
    rows = [
        {
            "week": point.week.isoformat(),
            "rate": point.rate,
            "low": point.interval.low,
            "high": point.interval.high,
            "figure": label,
        }
        for label, points in series
        for point in points
    ]
    colour = alt.Color(
        "figure:N",
        scale=alt.Scale(domain=[label for label, _ in series], range=[_ACCENT, _SECOND, _SOFT]),
        legend=alt.Legend(title=None, orient="top", labelLimit=400) if len(series) > 1 else None,
    )
    base = alt.Chart(alt.Data(values=rows)).encode(
        x=alt.X("week:T", title="week from", axis=alt.Axis(format="%-d %b", tickCount=6)), color=colour
    )
    band = base.mark_area(opacity=0.18).encode(
        y=alt.Y("low:Q", title=None, axis=alt.Axis(format="%"), scale=alt.Scale(zero=True)), y2="high:Q"
    )
    line = base.mark_line(point=True, strokeWidth=2).encode(
        y="rate:Q", strokeDash=alt.StrokeDash("figure:N", legend=None)
    )
    return _svg((band + line).properties(width=440, height=220))


def _svg(chart: Any) -> str:
    converter = need("vl_convert", extra="analytics")
    styled = (
        chart.configure(font=_FONT, background="#ffffff")
        .configure_axis(
            labelColor=_INK, titleColor=_SOFT, gridColor=_LINE, domain=False, tickColor=_LINE, labelFontSize=13
        )
        .configure_legend(labelColor=_INK, labelFontSize=13)
        .configure_text(fontSize=13)
        .configure_view(stroke=None)
    )
    return _same_names(str(converter.vegalite_to_svg(styled.to_dict())))


def _same_names(svg: str) -> str:
    """Number what is named in a picture from 0, because the converter goes on counting from the picture before."""
    names = dict.fromkeys(re.findall(r'id="([A-Za-z_]+\d+)"', svg))
    new = {name: f"{name.rstrip('0123456789')}{place}" for place, name in enumerate(names)}
    return re.sub(r"\b[A-Za-z_]+\d+\b", lambda found: new.get(found[0], found[0]), svg)
