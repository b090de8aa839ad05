"""What is printed is inert, whatever the content says."""

import pytest

from kb_builder.issues import Issue, Level
from kb_builder.terminal import print_issues, printable


@pytest.mark.parametrize("hostile", ["\x1b[31mred\x1b[0m", "a\rb", "a\nb", "\x00", "\u202egnp.exe", "\x9b31m"])
def test_control_characters_are_shown_not_sent(hostile):
    """H65"""
    shown = printable(hostile)

    assert not any(ord(c) < 32 or 0x7F <= ord(c) < 0xA0 or c == "\u202e" for c in shown)


def test_issues_are_printed_whole_then_one_total(capsys):
    issues = [
        Issue("content/a.md", 4, Level.ERROR, "KB103", "unknown category 'biling'", "did you mean 'billing'?"),
        Issue("content/b\x1b[2J.md", 0, Level.WARNING, "KB301", "[red]not markup[/red]"),
    ]

    print_issues(issues)

    lines = capsys.readouterr().err.splitlines()
    assert lines == [
        "content/a.md:4: error KB103: unknown category 'biling'",
        "    did you mean 'billing'?",
        "content/b\\x1b[2J.md: warning KB301: [red]not markup[/red]",
        "1 error, 1 warning",
    ]
