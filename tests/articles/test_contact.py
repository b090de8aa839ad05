from __future__ import annotations

import datetime as dt

import pytest

from kb_builder.articles.contact import parse_contact
from kb_builder.articles.model import Audience, ContactForm, OpeningHours

from .conftest import ContentFolder, places

CHAT = """\
title: Talk to us
channels:
  - id: chat
    kind: Chat
    title: Chat
    href: https://example.com/chat
    action: Start
    hours:
      - {days: mon-fri, opens: "08:00", closes: "20:00"}
    time_zone: Europe/London
    languages: [en, de]
    target_minutes: 2
    audience: [b2b]
"""


def test_channels_are_read() -> None:
    contact, issues = parse_contact(CHAT)

    assert issues == ()
    chat = contact.channels[0]
    assert (contact.title, chat.id, chat.kind, chat.action) == ("Talk to us", "chat", "chat", "Start")
    assert chat.hours == (OpeningHours((0, 1, 2, 3, 4), "08:00", "20:00"),)
    assert (chat.time_zone, chat.languages, chat.target_minutes) == ("Europe/London", ("en", "de"), 2)
    assert chat.audience == (Audience.B2B,)


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("id: chat", "id: A b", "KB120", 3),
        ("kind: Chat", "kind: fax", "KB120", 4),
        ("    action: Start\n", "", "KB124", 3),
        ("https://example.com/chat", "javascript:alert(1)", "KB305", 6),
        ('opens: "08:00"', 'opens: "21:00"', "KB120", 9),
        ("target_minutes: 2", "target_minutes: soon", "KB120", 12),
        ("target_minutes: 2", "target_minute: 2", "KB122", 12),
        ("Europe/London", "../../etc/localtime", "KB120", 10),
    ],
)
def test_a_mistake_is_reported_on_its_line(old: str, new: str, code: str, line: int) -> None:
    _, issues = parse_contact(CHAT.replace(old, new))

    assert places(issues) == [(code, "contact.yml", line)]


def test_channel_ids_are_unique() -> None:
    channel = CHAT.partition("channels:\n")[2]

    assert places(parse_contact(CHAT + channel)[1]) == [("KB120", "contact.yml", 14)]


@pytest.mark.parametrize(("text", "code"), [("- a\n", "KB116"), ("a: &x b\n", "KB113"), ("", "KB116")])
def test_a_file_that_cannot_be_read_gives_no_channels(text: str, code: str) -> None:
    contact, issues = parse_contact(text)

    assert contact.channels == ()
    assert [found.code for found in issues] == [code]


def test_contact_yml_is_read_from_the_top_folder_and_is_no_asset(folder: ContentFolder) -> None:
    content = folder.write("contact.yml", CHAT).read()

    assert [channel.id for channel in content.contact.channels] == ["chat"]
    assert (content.assets, content.issues) == ((), ())


def test_an_issue_of_contact_yml_names_it_below_the_content_folder(folder: ContentFolder) -> None:
    assert places(
        folder.write("contact.yml", CHAT.replace("fax", "x").replace("kind: Chat", "kind: fax")).read().issues
    ) == [("KB120", "content/contact.yml", 4)]


def test_a_form_goes_by_mail_or_to_an_address() -> None:
    by_mail, _ = parse_contact("form:\n  mail: help@shop.example\n  topics: [An order, A return]\n")
    posted, _ = parse_contact("holidays: [2026-12-25]\nform: {endpoint: https://desk.example/tickets}\n")

    assert by_mail.form == ContactForm("mailto:help@shop.example", ("An order", "A return"))
    assert by_mail.form.by_mail
    assert posted.form == ContactForm("https://desk.example/tickets")
    assert posted.holidays == (dt.date(2026, 12, 25),)


@pytest.mark.parametrize(
    "form",
    [
        "{}",
        "{topics: [a]}",
        "{mail: a@b.example, endpoint: https://b.example/}",
        "{mail: 'a@b.example?bcc=x@y.example'}",
        "{mail: not an address}",
        "{endpoint: http://b.example/}",
        "{endpoint: 'javascript:alert(1)'}",
        '{endpoint: "https://b.example/\'; script-src *"}',
    ],
)
def test_a_form_that_goes_nowhere_or_elsewhere_is_an_error(form: str) -> None:
    contact, issues = parse_contact(f"form: {form}\n")

    assert contact.form is None
    assert [issue.code for issue in issues] == (["KB120"] if form != "{}" else [])
