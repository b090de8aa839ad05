"""The announcements in the content, put live without a build."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from kb_builder.articles.editions import for_audience
from kb_builder.articles.languages import split_language
from kb_builder.articles.model import Content, Kind
from kb_builder.articles.parse import kind_of
from kb_builder.articles.translations import shown_in_languages
from kb_builder.config import Config
from kb_builder.files import write_files
from kb_builder.generations import CURRENT, publish_announcements
from kb_builder.issues import Issue, KbError
from kb_builder.pipeline import read_and_check, stop_on_errors
from kb_builder.publish import build_lock
from kb_builder.site.announcements import Announced, announcements_file, announcements_in
from kb_builder.site.pages import editions_with_urls


def announce(config: Config, target: Path | None, *, today: dt.date) -> tuple[Announced, ...]:
    """Write the file of announcements into the built site and, if one is named, into a web server's folder.

    Errors in other files of the content are left to the next build: they say nothing about the announcements.

    Args:
        config: The help center, for an audience or not.
        target: A folder that `kb publish` made.
        today: Announcements that ended before are left out.

    Returns:
        What the file holds, the gravest first.

    Raises:
        ContentError: An announcement has errors; nothing was written.
        KbError: There is no built site, nothing is published in ``target``, or the disk refuses.
    """
    if not (config.site_dir / "search" / "manifest.json").is_file():
        raise KbError(f"{config.site_dir}: no built site here", hint="Build it first: kb build")
    everything = read_and_check(config, today=today)
    stop_on_errors([issue for issue in everything.issues if _is_of_announcement(issue, everything)], strict=False)
    content = for_audience(everything, config.audience, link_root=config.settings.content.link_root)
    shown = target / CURRENT if target else config.site_dir
    file = announcements_file(
        editions_with_urls(shown_in_languages(content), config.language),
        today,
        has_page=lambda url: (shown / url / "index.html").is_file(),
    )
    with build_lock(config.root, wait_seconds=60):
        if target:
            publish_announcements(file.data, target)
        try:
            write_files(config.site_dir, [file])
        except OSError as error:
            raise KbError(f"{error.filename}: {error.strerror}", hint="Make the folder writable.") from None
    return announcements_in(file.data)


def _is_of_announcement(issue: Issue, content: Content) -> bool:
    path = issue.path.removeprefix(f"{content.folder}/")
    article = content.articles.get(path)
    return (article.kind if article else kind_of(split_language(path, content.languages)[1])) is Kind.ANNOUNCEMENT
