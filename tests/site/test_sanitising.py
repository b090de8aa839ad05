"""What an article must not carry is taken out, and its writer is told where it stood."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kb_builder.issues import Issue, Level
from kb_builder.site.sanitize import sanitize

Convert = Callable[[str], str]


def clean(convert: Convert, text: str, *, first_line: int = 1) -> tuple[str, tuple[Issue, ...]]:
    return sanitize(convert(text), path="faq/a.md", source=text, first_line=first_line)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
        "<script/x>alert(1)</script>",
        "text <script>alert(1)</script> text",
        "<img src=x onerror=alert(1)>",
        "<img src=x OnErRoR=alert(1)>",
        '<a href="x" onclick="alert(1)">x</a>',
        "<svg onload=alert(1)></svg>",
        "<svg/onload=alert(1)>x</svg>",
        '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
        '<iframe src="https://evil.example/"></iframe>',
        '<object data="x.swf"></object>',
        "<embed src=x>",
        "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>",
        '<form action="https://evil.example/"><button>Go</button></form>',
        '<meta http-equiv="refresh" content="0; url=//evil.example">',
        '<base href="//evil.example/">',
        '<link rel="stylesheet" href="//evil.example/x.css">',
        "<style>@import url(//evil.example/x.css)</style>",
        "<details open ontoggle=alert(1)><summary>s</summary>x</details>",
        '<video src="x" onerror="alert(1)"></video>',
        '[x](y.md){onclick="alert(1)"}',
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    ],
)
def test_whatever_runs_or_loads_is_removed_and_reported_with_its_line(convert: Convert, text: str):
    html, issues = clean(convert, f"First line\n\n{text}\n", first_line=10)

    lower = html.lower()
    for trace in ("<script", "onerror", "onclick", "onload", "ontoggle", "<iframe", "<svg", "<math", "<form", "<meta"):
        assert trace not in lower
    for trace in ("<base", "<link", "<style", "<object", "<embed", "<video", "<button", "srcdoc", "evil"):
        assert trace not in lower
    assert [(issue.code, issue.path, issue.line, issue.level) for issue in issues if issue.code == "KB601"][:1] == [
        ("KB601", "faq/a.md", 12, Level.WARNING)
    ]


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "&#106;avascript:alert(1)",
        "&#x6A;avascript:alert(1)",
        "javascript&colon;alert(1)",
        "java&#9;script:alert(1)",
        "java&#10;script:alert(1)",
        "&#1;javascript:alert(1)",
        "vbscript:msgbox(1)",
        "data:text/html,<script>alert(1)</script>",
        "file:///etc/passwd",
        "blob:https://x.example/1",
    ],
)
@pytest.mark.parametrize("shape", ['<a href="{}">x</a>', "<img src='{}' alt=x>", "<a href='{}' title=x>x</a>"])
def test_addresses_that_may_run_something_are_removed_and_reported(convert: Convert, address: str, shape: str):
    html, issues = clean(convert, f"First line\n\n{shape.format(address)}\n")

    assert "href" not in html
    assert "src" not in html
    assert ("KB602", 3) in [(issue.code, issue.line) for issue in issues]


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "JAVASCRIPT:alert(1)", "&#106;avascript:alert(1)", "vbscript:x"]
)
@pytest.mark.parametrize("shape", ["[x]({})", "![x]({})", "[x][r]\n\n[r]: {}"])
def test_markdown_links_and_images_are_no_way_around(convert: Convert, address: str, shape: str):
    html, issues = clean(convert, shape.format(address))

    assert "script" not in html.lower()
    assert [issue.code for issue in issues] == ["KB602"]


@pytest.mark.parametrize(
    "address", ["https://x.example/", "mailto:a@x.example", "tel:+441539", "sms:60777", "a.md", "#b"]
)
def test_ordinary_addresses_stay(convert: Convert, address: str):
    html, issues = clean(convert, f"[x]({address})")

    assert f'href="{address}"' in html
    assert issues == ()


def test_a_target_goes_without_a_word(convert: Convert):
    html, issues = clean(convert, '<a href="https://x.example" target="_blank">x</a>')

    assert "target" not in html
    assert issues == ()


def test_the_text_of_what_is_only_unusual_stays(convert: Convert):
    html, issues = clean(convert, '<center style="color:red">Big news</center>')

    assert "Big news" in html
    assert {issue.code for issue in issues} == {"KB603"}


def test_things_of_one_kind_share_a_warning(convert: Convert):
    text = "\n".join(["Start", "", "<table>", *['<tr><td style="width: 1px">x</td></tr>'] * 3, "</table>"])

    _, issues = clean(convert, text)

    assert [(issue.line, issue.message) for issue in issues] == [
        (4, 'style="width: 1px" was removed from <td> (and 2 more of this kind)')
    ]


def test_html_shown_in_code_is_neither_removed_nor_reported(convert: Convert):
    text = "`<script>`\n\n```html\n<iframe onload=x></iframe>\n```\n\n    <form>\n"

    html, issues = clean(convert, text)

    assert "&lt;script&gt;" in html
    assert issues == ()


def test_the_line_is_that_of_the_real_thing_not_of_the_one_in_code(convert: Convert):
    _, issues = clean(convert, "`<iframe>`\n\n```\n<iframe></iframe>\n```\n\n<iframe></iframe>\n")

    assert [issue.line for issue in issues] == [7]


def test_an_article_cannot_pass_for_the_page_around_it(convert: Convert):
    html, issues = clean(convert, '<div id="kb-q" class="kb-header admonition">x</div>')

    assert html.strip() == '<div class="admonition">x</div>'
    assert {issue.code for issue in issues} == {"KB603"}


def test_what_our_own_markdown_makes_passes_untouched(convert: Convert):
    text = (
        "## Head\n\n!!! warning\n    x\n\n??? note\n    y\n\n- [x] done\n\n| a |\n|:-:|\n| b |\n\n"
        "```python\nx = 1\n```\n\nA[^1] ~~b~~ <kbd>C</kbd>\n\n[^1]: Foot\n\nTerm\n:   Text\n"
    )

    html, issues = clean(convert, text)

    assert issues == ()
    for part in ("headerlink", "admonition warning", "<details class", "task-list-item", 'align="center"', "highlight"):
        assert part in html
    for part in ("footnote-ref", "footnote-backref", "<del>", "<kbd>", "<dl>", 'id="fn:1"', 'type="checkbox"'):
        assert part in html


def test_messages_stay_on_one_line(convert: Convert):
    _, issues = clean(convert, '<a href="java\nscript:alert(1)">x</a>')

    assert "\n" not in issues[0].message


@pytest.mark.parametrize(
    "text", ["<![2", "<![foo bar", "<![CDATA[x]]>", "<!x", "<?php echo 1;", "<", "</", "<a", "&#xD800;"]
)
def test_broken_markup_is_no_crash(text):
    """H06"""
    html, _issues = sanitize(f"<p>before {text} after</p>", path="a.md", source=text, first_line=1)

    assert html.startswith("<p>before")


@pytest.mark.parametrize("text", ["<![CDATA[x]]>", "<?php echo 1; ?>"])
def test_text_that_browsers_would_not_show_is_reported(text):
    _html, issues = sanitize(f"<p>before {text} after</p>", path="a.md", source=f"before\n{text}", first_line=1)

    assert [(issue.code, issue.line) for issue in issues] == [("KB603", 2)]
