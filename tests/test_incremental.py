"""A warm build gives the bytes of a cold one, whatever was changed in between."""

import os
import random
import shutil
from dataclasses import replace
from datetime import date

import pytest

from kb_builder import pipeline
from kb_builder.config import load_config
from tests.site.tiny_site import png

TODAY = date(2026, 6, 1)
SETTINGS = "site_name: {name}\nsite_url: https://help.example/\ndocs_dir: content\nplugins:\n  - kb: {options}\n"
WORDS = ("parcel", "refund", "order", "label", "voucher", "size", "boots", "invoice", "delay", "shop")


class Writer:
    """Somebody who changes a help center at random."""

    def __init__(self, root, seed):
        self.root, self.random = root, random.Random(seed)
        self.write("mkdocs.yml", SETTINGS.format(name="Help", options="{}"), below="")
        self.write("index.md", "---\ntitle: Welcome\n---\nAsk us.\n")
        self.write("contact.yml", "channels: []\n")
        self.picture()
        for _ in range(7):
            self.add()

    def write(self, name, text, below="content"):
        target = self.root / below / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode() if isinstance(text, str) else text)

    def articles(self):
        return sorted(path for path in self.root.glob("content/*/*.md") if path.name != "index.md")

    def sentence(self):
        return " ".join(self.random.choice(WORDS) for _ in range(6)) + ".\n"

    def add(self):
        name = f"{self.random.choice('abc')}/article-{self.random.randrange(100)}.md"
        others = ["../" + "/".join(path.parts[-2:]) for path in self.articles()]
        links = "".join(
            f"See [{self.random.choice(WORDS)}]({link}#more). "
            for link in self.random.sample(others, min(2, len(others)))
        )
        tags = self.random.sample(WORDS, 2)
        front = f"---\ntitle: {self.sentence()}tags: [{', '.join(tags)}]\npopular: {self.random.randrange(4)}\n---\n"
        self.write(
            name,
            f"{front}{self.sentence()}\n![A shop](../shop.png)\n\n## More\n\n{links}<b onclick=x>{self.sentence()}</b>",
        )

    def edit_body(self):
        with self.random.choice(self.articles()).open("a") as file:
            file.write("\n" + self.sentence())

    def edit_title(self):
        path = self.random.choice(self.articles())
        _, _, rest = path.read_text().partition("\ntitle: ")
        path.write_text(f"---\ntitle: {self.sentence()}{rest.partition(chr(10))[2]}")

    def remove(self):
        if len(self.articles()) > 3:
            self.random.choice(self.articles()).unlink()

    def rename(self):
        path = self.random.choice(self.articles())
        target = path.with_name(f"moved-{self.random.randrange(1000)}.md")
        text = path.read_text()
        path.unlink()
        old = f"{path.parent.name}/{path.stem}/"
        target.write_text(
            text.replace("---\n", f"---\nredirect_from: [{old}]\n", 1) if "redirect_from" not in text else text
        )

    def category(self):
        order = self.random.randrange(50)
        self.write(
            f"{self.random.choice('abc')}/index.md",
            f"---\ntitle: {self.sentence()}order: {order}\n---\n{self.sentence()}",
        )

    def picture(self):
        self.write("shop.png", png(self.random.randrange(1, 99), self.random.randrange(1, 99)))

    def settings(self):
        options = self.random.choice(["{}", '{theme: {labels: {related: "More"}}}', '{theme: {accent: "#123456"}}'])
        self.write("mkdocs.yml", SETTINGS.format(name=self.random.choice(("Help", "Aid")), options=options), below="")

    def synonyms(self):
        one, other = self.random.sample(WORDS, 2)
        self.write("synonyms.yml", f"- [{one}, {other}]\n", below="search")

    def touch_the_site(self):
        for page in sorted((self.root / "site").rglob("index.html"))[::3]:
            page.write_text("not ours")

    def lose_the_site(self):
        shutil.rmtree(self.root / "site", ignore_errors=True)

    def damage_the_cache(self):
        for path in sorted((self.root / ".kb" / "cache").glob("values-*")):
            data = bytearray(path.read_bytes())
            for at in range(0, len(data), 500):
                data[at] ^= 1
            path.write_bytes(data)

    def change(self):
        kinds = (
            *(self.add, self.edit_body, self.edit_title, self.remove, self.rename, self.category, self.picture),
            *(self.settings, self.synonyms, self.touch_the_site, self.lose_the_site, self.damage_the_cache),
        )
        kind = self.random.choice(kinds)
        kind()
        return kind.__name__


def build(root, **where):
    return pipeline.build(replace(load_config(root / "mkdocs.yml"), **where), today=TODAY)


def files(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


SEQUENCES = int(os.environ.get("KB_EDIT_SEQUENCES", "2"))  # more of them take longer


@pytest.mark.parametrize("seed", range(SEQUENCES))
def test_a_warm_build_gives_the_bytes_of_a_cold_one_after_any_changes(tmp_path, seed):
    writer = Writer(tmp_path / "center", seed)
    build(tmp_path / "center")

    for turn in range(4):
        done = [writer.change() for _ in range(writer.random.randrange(1, 3))]
        warm = build(tmp_path / "center")
        cold_root = tmp_path / f"cold-{turn}"
        shutil.copytree(tmp_path / "center", cold_root, ignore=shutil.ignore_patterns(".kb", "site"))
        cold = build(cold_root)

        assert files(tmp_path / "center" / "site") == files(cold_root / "site"), (seed, turn, done)
        assert (warm.articles, warm.issues) == (cold.articles, cold.issues)


def test_a_preview_keeps_the_old_search_files_and_costs_the_next_build_nothing(tmp_path):
    writer = Writer(tmp_path, seed=1)
    build(tmp_path)
    old = files(tmp_path / "site")
    writer.edit_body()

    pipeline.build(load_config(tmp_path / "mkdocs.yml"), today=TODAY, with_search=False)
    preview = files(tmp_path / "site")
    build(tmp_path)
    whole = files(tmp_path / "site")

    is_search = {path: path.startswith("search/") and path.endswith(".json") for path in {*old, *preview, *whole}}
    assert {p: d for p, d in preview.items() if is_search[p]} == {p: d for p, d in old.items() if is_search[p]}
    assert {p: d for p, d in preview.items() if not is_search[p]} == {
        p: d for p, d in whole.items() if not is_search[p]
    }
    assert whole != preview
