"""``kb import``: move here from another help center."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kb_builder.commands.setup import Setup, pass_setup
from kb_builder.issues import KbError
from kb_builder.terminal import count, printable, stages

if TYPE_CHECKING:
    from kb_builder.importers.plan import Plan

KINDS = (
    *("zendesk", "intercom", "freshdesk", "helpscout", "document360", "discourse", "github-discussions"),
    *("html", "crawl", "docx"),
)
ADDRESSES_FILE = "imported.json"


@click.command("import")
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("source", type=click.Path(path_type=Path))
@click.option("--forum", default="", help="Address of the forum it is of; marks answers as its community's.")
@click.option("--dry-run", is_flag=True, help="Say what would be written and what would be lost; write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@pass_setup
def import_articles(setup: Setup, kind: str, source: Path, forum: str, dry_run: bool, as_json: bool) -> None:
    """Turn the export of another help center in SOURCE into articles, with redirects from their old addresses.

    Nothing that exists is overwritten. Which article became which file is kept in imported.json.

    \b
    Example:
        kb import zendesk ../zendesk-export --dry-run
    """
    from kb_builder.articles.listing import list_files
    from kb_builder.importers.plan import plan_import
    from kb_builder.importers.sources import read_export

    config = setup.load()
    with stages(quiet=setup.quiet) as progress:
        progress(f"Reading {kind}")
        existing = [file.path for file in list_files(config.content_dir).files] if config.content_dir.is_dir() else []
        export = read_export(kind, source, forum=forum)
        plan = plan_import(export, language=config.language, existing=existing)
        if not dry_run:
            _write(config.content_dir, config.root, kind, plan)
    missing = [tag for tag in plan.languages if tag not in config.settings.content.languages]
    if as_json:
        data = {
            "articles": len(plan.paths),
            "files": sorted(plan.files),
            "redirects": plan.redirects,
            "languages": list(plan.languages),
            "lost": list(plan.lost),
            "written": not dry_run,
        }
        click.echo(json.dumps(data, ensure_ascii=False, indent=2))
        return
    done = "would be written" if dry_run else "written"
    articles, files = count(len(plan.paths), "article"), count(len(plan.files), "file")
    click.echo(f"{articles}, {files} {done}, {count(plan.redirects, 'redirect')}")
    if plan.lost:
        click.echo("lost:")
    for line in plan.lost:
        click.echo(f"    {printable(line)}")
    if missing:
        click.echo(f"set plugins.kb.content.languages to publish these too: {', '.join(missing)}")


def _write(content_dir: Path, root: Path, kind: str, plan: Plan) -> None:
    """Write the files, none over another, and which article became which."""
    known_file = root / ADDRESSES_FILE
    try:
        for path, data in sorted(plan.files.items()):
            target = content_dir / path
            target.parent.mkdir(parents=True, exist_ok=True)
            if path.endswith(".md"):
                with target.open("xb") as file:
                    file.write(data)
            elif not target.exists():
                target.write_bytes(data)
        known = json.loads(known_file.read_text("utf-8")) if known_file.exists() else {}
        of_kind = known.setdefault(kind, {})
        for (source_id, language), path in sorted(plan.paths.items()):
            of_kind[f"{source_id} {language}".strip()] = path
        known_file.write_text(json.dumps(known, indent=2, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")
    except (OSError, ValueError, AttributeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise KbError(f"cannot be written: {reason}", hint="Look at what is there, then import again.") from None
