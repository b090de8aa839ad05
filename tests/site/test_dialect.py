"""Markdown that was written for other tools."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Convert = Callable[[str], str]


@pytest.mark.parametrize(
    ("kind", "style"),
    [
        ("NOTE", "note"),
        ("TIP", "tip"),
        ("IMPORTANT", "info"),
        ("WARNING", "warning"),
        ("CAUTION", "danger"),
        ("INFO", "info"),
    ],
)
def test_an_alert_becomes_an_admonition_of_its_kind(convert: Convert, kind: str, style: str):
    html = convert(f"> [!{kind}]\n> Text with **weight**.")

    assert f'<div class="admonition {style}">' in html
    assert f'<p class="admonition-title">{kind.capitalize()}</p>' in html
    assert "<p>Text with <strong>weight</strong>.</p>" in html
    assert "blockquote" not in html


def test_an_unknown_kind_of_alert_is_a_note_under_its_own_name(convert: Convert):
    html = convert("> [!REMEMBER]\n> Text")

    assert '<div class="admonition note">' in html
    assert ">Remember</p>" in html


def test_an_alert_needs_no_space_and_keeps_its_paragraphs_and_lists(convert: Convert):
    html = convert(">[!NOTE]\n>\n>One\n>\n>Two\n>\n>- a\n>- b\n\nAfter")

    inside, _, after = html.partition("</div>")
    assert "<p>One</p>" in inside
    assert "<p>Two</p>" in inside
    assert inside.count("<li>") == 2
    assert after.strip() == "<p>After</p>"


def test_an_alert_inside_a_step_stays_inside_it(convert: Convert):
    html = convert("1. First\n\n   > [!TIP]\n   > Inside\n\n2. Second")

    assert html.count("<ol>") == 1
    assert html.index("admonition tip") < html.index("</li>")


def test_text_on_the_line_of_the_kind_is_the_alerts_text(convert: Convert):
    assert "<p>Mind the step\nand the door</p>" in convert("> [!CAUTION] Mind the step\n> and the door")


def test_two_alerts_in_a_row_are_two_and_a_quote_before_them_is_a_quote(convert: Convert):
    html = convert("> said\n\n> [!NOTE]\n> a\n\n> [!WARNING]\n> b")

    assert html.count("admonition-title") == 2
    assert "<blockquote>\n<p>said</p>\n</blockquote>" in html


def test_a_plain_quote_stays_a_quote(convert: Convert):
    assert convert("> [see](x.md) this") == '<blockquote>\n<p><a href="x.md">see</a> this</p>\n</blockquote>'


def test_words_marked_for_translators_are_plain_words(convert: Convert):
    assert convert("Open [!DNL Adobe Commerce] now") == "<p>Open Adobe Commerce now</p>"


def test_names_of_buttons_are_strong_even_in_a_link(convert: Convert):
    html = convert("[the [!UICONTROL Stores > Settings] page](x.md) and [!BADGE New]{type=Positive}!")

    assert html == '<p><a href="x.md">the <strong>Stores &gt; Settings</strong> page</a> and New!</p>'


def test_a_strong_name_of_a_button_is_strong_once(convert: Convert):
    assert convert("**[!UICONTROL Save]**") == "<p><strong>Save</strong></p>"


def test_a_marker_in_a_code_span_is_read_too(convert: Convert):
    assert (
        convert("`violates the [!UICONTROL Security Policy] x`") == "<p><code>violates the Security Policy x</code></p>"
    )


def test_attributes_are_applied(convert: Convert):
    html = convert(
        '![a](b.png){width="400"}\n\n## Title {#here}\n\n[t](https://x.example){target=_blank} and {store_id}'
    )

    assert 'width="400"' in html
    assert '<h2 id="here">Title<' in html
    assert html.endswith("</a> and {store_id}</p>")


@pytest.mark.parametrize("stray", ["{#anchor}", "{.wide}", '{width="50%"}', "{: .wide }", "{hide-from-toc}"])
def test_attributes_that_belong_to_nothing_are_not_shown(convert: Convert, stray: str):
    assert convert(f"Some text {stray} goes on") == "<p>Some text goes on</p>"


@pytest.mark.parametrize("kept", ["{store_id}", "{your region}", "{{ name }}", "{ }"])
def test_braces_that_people_should_read_stay(convert: Convert, kept: str):
    assert convert(f"Open {kept} now") == f"<p>Open {kept} now</p>"


def test_attributes_in_code_are_shown(convert: Convert):
    assert convert('`{width="400"}`') == '<p><code>{width="400"}</code></p>'


@pytest.mark.parametrize("tag", ["<cluster ID>", "<your-domain>", "<path>", "</project_id>", "<Tabs items={x}>"])
def test_placeholders_in_angle_brackets_are_shown(convert: Convert, tag: str):
    shown = tag.replace("<", "&lt;").replace(">", "&gt;")

    assert convert(f"Go to {tag} now") == f"<p>Go to {shown} now</p>"
    assert shown in convert(f"`{tag}`")
    assert shown in convert(f"    {tag}")
    assert shown.removesuffix("&gt;") in convert(f"<p>\n{tag}\n</p>")


def test_html_and_addresses_in_angle_brackets_are_not_text(convert: Convert):
    html = convert("x<sup>2</sup> <https://x.example> <me@x.example>")

    assert "<sup>2</sup>" in html
    assert '<a href="https://x.example">' in html
    assert html.count("<a ") == 2


def test_a_script_tag_mentioned_in_passing_does_not_swallow_the_page(convert: Convert):
    html = convert("Add a <script> tag.\n\nThen go on.")

    assert html == "<p>Add a &lt;script&gt; tag.</p>\n<p>Then go on.</p>"


def test_the_page_keeps_the_only_first_level_heading(convert: Convert):
    html = convert("# One\n\n## Two\n\n# Three")

    assert "<h1" not in html
    assert [html.index(tag) for tag in ('<h2 id="one"', '<h3 id="two"', '<h2 id="three"')] == sorted(
        html.index(tag) for tag in ('<h2 id="one"', '<h3 id="two"', '<h2 id="three"')
    )


def test_headings_are_left_alone_when_none_is_of_the_first_level(convert: Convert):
    assert "<h2" in convert("## Two")


def test_a_video_of_another_generator_is_a_link(convert: Convert):
    assert '<a href="https://video.example/1">Video</a>' in convert(">[!VIDEO](https://video.example/1)")


def test_a_backslash_breaks_a_line(convert: Convert):
    assert convert("one\\\ntwo") == "<p>one<br>\ntwo</p>"


def test_code_blocks_carry_classes_and_no_styles(convert: Convert):
    html = convert('```python title="x" linenums="1"\nprint("hi")\n```')

    assert '<div class="highlight">' in html
    assert "style=" not in html
    assert " id=" not in html


def test_an_unknown_info_string_still_gives_code(convert: Convert):
    assert "<code>x\n</code>" in convert("```nosuchlanguage {.line-numbers} foo=1\nx\n```")


def test_table_cells_are_aligned_without_styles(convert: Convert):
    html = convert("| a | b |\n|---|:-:|\n| 1 | 2 |")

    assert '<td align="center">2</td>' in html
    assert "style=" not in html


@pytest.mark.parametrize("first", [":::tip", "::: tip", ":::tip[Tip]", "::: Tip {.wide}", ":::: tip Tip"])
def test_boxes_of_other_generators_are_admonitions(convert: Convert, first: str):
    html = convert(f"before\n\n{first}\n\n- **a**\n- b\n\n:::\n\nafter")

    assert (
        '<div class="admonition tip">\n<p class="admonition-title">Tip</p>\n<ul>\n<li><strong>a</strong></li>' in html
    )
    assert html.endswith("</div>\n<p>after</p>")


def test_boxes_nest_and_keep_their_titles(convert: Convert):
    html = convert(':::warning Mind the "gap"\n\none\n\n:::note\ntwo\n:::\n\nthree\n:::')

    assert html.count('class="admonition ') == 2
    assert '<p class="admonition-title">Mind the &quot;gap&quot;</p>' in html
    assert html.index("two") < html.index("</div>") < html.index("three")


@pytest.mark.parametrize("text", [":::nosuch\n\ntext\n\n:::", ":::note\n\nnever closed", "`:::note`"])
def test_other_colons_are_text(convert: Convert, text: str):
    assert ":::" in convert(text)
    assert "admonition" not in convert(text)


def test_markdown_in_details_is_read_as_on_github(convert: Convert):
    html = convert(
        "<details>\n<summary>More <b>of</b> it</summary>\n\n- **a**\n\n```sh\nmake\n```\n\n</details>\n\nafter"
    )

    assert "<summary>More of it</summary>" in html
    assert "<li><strong>a</strong></li>" in html
    assert html.index("make") < html.index("</details>") < html.index("after")


def test_details_without_empty_lines_are_html(convert: Convert):
    text = "<details open><summary>More</summary>\n<p>*plain*</p>\n</details>"

    assert convert(text) == text
