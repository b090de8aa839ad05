"""The text of ``contact.yml`` in, the contact channels out."""

from __future__ import annotations

from kb_builder.articles.codes import issue
from kb_builder.articles.field_parser import parse_fields
from kb_builder.articles.front_matter import Lines, describe, read_yaml
from kb_builder.articles.links import LinkKind, LinkTargets, resolve_link
from kb_builder.articles.model import Channel, Contact, ContactForm, OpeningHours
from kb_builder.articles.schema import ChannelFields, ContactFields, FormFields
from kb_builder.issues import Issue


def parse_contact(text: str, path: str = "contact.yml") -> tuple[Contact, tuple[Issue, ...]]:
    """Read the contact channels.

    Returns:
        The contact page and everything wrong with it; without any channel when the file cannot be read at all.
    """
    values, issues, lines = read_yaml(text, path)
    if issues:
        return Contact(), issues
    if not isinstance(values, dict):
        return Contact(), (issue("KB116", path, 1, f"must be keys and values; this is {describe(values)}"),)
    fields, found = parse_fields(ContactFields, values, lines, path)
    if fields is None:
        return Contact(), found
    contact = Contact(
        title=fields.title,
        summary=fields.summary or "",
        channels=tuple(_channel(channel) for channel in fields.channels),
        holidays=tuple(sorted(set(fields.holidays))),
        form=_form(fields.form) if fields.form else None,
    )
    return contact, (*found, *_channel_issues(contact, lines, path))


def _channel(fields: ChannelFields) -> Channel:
    return Channel(
        id=fields.id,
        kind=fields.kind,
        title=fields.title,
        summary=fields.summary or "",
        href=fields.href,
        action=fields.action,
        hours=tuple(OpeningHours(hours.days, hours.opens, hours.closes) for hours in fields.hours),
        time_zone=fields.time_zone,
        languages=fields.languages,
        target_minutes=fields.target_minutes,
        audience=fields.audience,
    )


def _form(fields: FormFields) -> ContactForm:
    return ContactForm(action=fields.endpoint or f"mailto:{fields.mail}", topics=fields.topics)


def _channel_issues(contact: Contact, lines: Lines, path: str) -> tuple[Issue, ...]:
    issues: list[Issue] = []
    seen: set[str] = set()
    for position, channel in enumerate(contact.channels):
        name = f"channels.{position}"
        if channel.id in seen:
            issues.append(issue("KB120", path, lines.get(f"{name}.id", 0), f"channel id '{channel.id}' stands twice"))
        seen.add(channel.id)
        if resolve_link(channel.href, from_path="", content=LinkTargets()).kind is LinkKind.REFUSED:
            issues.append(issue("KB305", path, lines.get(f"{name}.href", 0), f"address '{channel.href}' is refused"))
        for at, hours in enumerate(channel.hours):
            if hours.opens >= hours.closes:
                message = f"opens at {hours.opens} and closes at {hours.closes}"
                hint = "Split hours that run past midnight in two."
                issues.append(issue("KB120", path, lines.get(f"{name}.hours.{at}", 0), message, hint))
    return tuple(issues)
