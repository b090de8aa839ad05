"""``kb new``: start an article, by options or by answering questions."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kb_builder.clock import build_day
from kb_builder.commands.setup import Setup, pass_setup, short
from kb_builder.issues import KbError
from kb_builder.terminal import printable

if TYPE_CHECKING:
    from kb_builder.articles.model import Content

KINDS = ("faq", "guide", "policy", "announcement")
AUDIENCES = ("b2c", "b2b", "agent")
_MOST_CHOICES = 12


@dataclass(frozen=True, slots=True)
class Answers:
    """What is known about the article to be started."""

    kind: str
    title: str
    category: str
    owner: str
    audience: tuple[str, ...]
    language: str
    questions: tuple[str, ...]


@click.command()
@click.argument("kind", type=click.Choice(KINDS), required=False)
@click.argument("title", required=False)
@click.option("--category", default="", help="Folder below the kind's own, such as orders.")
@click.option("--owner", default="", help="Team that looks after the article.")
@click.option("--audience", type=click.Choice(AUDIENCES), multiple=True, help="Only for these; may be repeated.")
@click.option("--language", default="", help="A further language of the settings, such as de.")
@click.option("--question", "questions", multiple=True, help="Another way customers ask it; may be repeated.")
@pass_setup
def new(
    setup: Setup,
    kind: str | None,
    title: str | None,
    category: str,
    owner: str,
    audience: tuple[str, ...],
    language: str,
    questions: tuple[str, ...],
) -> None:
    """Start an article with the front matter its kind takes.

    Without KIND and TITLE it asks for them and for what the options say, on a terminal.

    \b
    Example:
        kb new
        kb new faq "Where is my parcel?" --category shipping --question "track my order"
    """
    from kb_builder.articles.model import Audience, Kind
    from kb_builder.articles.new import new_article

    config = setup.load()
    languages = tuple(config.settings.content.languages)
    given = Answers(kind or "", title or "", category, owner, audience, language, questions)
    if not (kind and title):
        if not sys.stdin.isatty():
            missing = "TITLE" if kind else "KIND and TITLE"
            raise KbError(
                f"{missing} missing, and nobody to ask", hint='Example: kb new faq "Where is my parcel?"', exit_code=2
            )
        given = _interview(given, config.content_dir, languages)
    if given.language and given.language not in languages:
        known = ", ".join(languages) or "none"
        raise KbError(
            f"'{given.language}' is not a further language of this help center",
            hint=f"plugins.kb.content.languages lists {known}.",
            exit_code=2,
        )
    path, text = new_article(
        Kind(given.kind),
        given.title,
        config.content_dir,
        category=given.category,
        today=build_day(),
        owner=given.owner,
        audience=tuple(map(Audience, given.audience)),
        language=given.language,
        questions=given.questions,
    )
    target = config.content_dir / path
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        raise KbError(
            f"{short(target)}: cannot be written: {error.strerror}", hint="Choose another title or folder."
        ) from None
    click.echo(short(target))


def _interview(given: Answers, content_dir: Path, languages: tuple[str, ...]) -> Answers:
    """Ask for what is not given. Every question but the first two may be left unanswered."""
    from kb_builder.articles.model import Kind
    from kb_builder.articles.new import article_folder, title_slug

    content = _content(content_dir, languages)
    kind = given.kind or click.prompt("Kind", type=click.Choice(KINDS), default="faq", err=True)
    title = given.title or _ask("Title, as a customer would ask", _checked(title_slug))
    language = given.language
    if languages and not language:
        language = click.prompt(
            "Language", type=click.Choice(["main", *languages]), default="main", err=True
        ).removeprefix("main")
    base = article_folder(Kind(kind), "", content_dir, language=language)
    folders = _choices(path.removeprefix(f"{base}/") for path in content.categories if path.startswith(f"{base}/"))
    check_category = _checked(lambda name: article_folder(Kind(kind), name, content_dir, language=language))
    category = given.category or _ask(f"Category{folders}", check_category, "")
    owners = _choices(article.owner for article in content.articles.values())
    owner = given.owner or _ask(f"Team that keeps it right{owners}", str, "")
    audience = given.audience or _ask("Only for (b2c, b2b, agent; empty: everyone)", _audience, "")
    questions = given.questions or tuple(_questions())
    return replace(
        given,
        kind=kind,
        title=title,
        category=category,
        owner=owner,
        audience=audience,
        language=language,
        questions=questions,
    )


def _content(content_dir: Path, languages: tuple[str, ...]) -> Content:
    """Read what is there, for the names of categories and teams; what is wrong with it does not matter here."""
    from kb_builder.articles.read import read_content

    return read_content(content_dir, today=build_day(), drafts=True, languages=languages)


def _ask(text: str, convert: Callable[[str], Any], default: str | None = None) -> Any:
    return click.prompt(text, default=default, show_default=False, value_proc=convert, err=True)


def _questions() -> Iterator[str]:
    """Ask for one question after the other until there is none."""
    while question := _ask("Another way customers ask it (empty: no more)", str.strip, ""):
        yield question


def _checked(check: Callable[[str], object]) -> Callable[[str], str]:
    """Return a converter that lets click ask again when ``check`` raises `KbError`; empty answers pass to it too."""

    def convert(answer: str) -> str:
        try:
            check(answer)
        except KbError as error:
            raise click.UsageError(f"{error}; {error.hint}") from None
        return answer

    return convert


def _audience(answer: str) -> tuple[str, ...]:
    names = tuple(answer.replace(",", " ").lower().split())
    if wrong := [name for name in names if name not in AUDIENCES]:
        raise click.UsageError(f"'{wrong[0]}' is none of {', '.join(AUDIENCES)}")
    return names


def _choices(names: Iterable[str]) -> str:
    """List what is used already, the most used first."""
    used = [printable(name) for name, _ in Counter(filter(None, names)).most_common(_MOST_CHOICES)]
    return f" ({', '.join(used)}, …)" if used else ""
