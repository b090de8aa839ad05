"""``kb init`` makes a help center that is ready to build."""

import pytest

from kb_builder.config import load_config
from kb_builder.init import find_link_root, init_project
from kb_builder.issues import KbError


def test_the_starter_has_the_layout_of_a_help_center(tmp_path):
    files = {str(path) for path in init_project(tmp_path / "my-shop")}

    assert {"mkdocs.yml", ".gitignore", "README.md", "content/index.md", "content/contact.yml"} <= files
    assert load_config(tmp_path / "my-shop" / "mkdocs.yml").site_name == "My shop"


def test_existing_markdown_is_copied_as_it_is_and_its_link_root_found(tmp_path):
    source = tmp_path / "help"
    (source / "how-to" / "assets").mkdir(parents=True)
    (source / "how-to" / "a.md").write_bytes(b"# A\r\n\r\nSee [b](/help/how-to/b.md).\r\n")
    (source / "how-to" / "b.md").write_text("# B\n\n![x](assets/x.png)\n")
    (source / "how-to" / "assets" / "x.png").write_bytes(b"\x89PNG")
    (source / ".git").mkdir()
    (source / ".git" / "config").write_text("secret")
    (source / "link.md").symlink_to("/etc/hostname")

    files = {str(path) for path in init_project(tmp_path / "new", source=source)}

    assert {"content/how-to/assets/x.png", "content/contact.yml"} <= files
    assert not any(".git/" in name or "link.md" in name for name in files)
    assert (tmp_path / "new/content/how-to/a.md").read_bytes() == (source / "how-to/a.md").read_bytes()
    assert load_config(tmp_path / "new/mkdocs.yml").settings.content.link_root == "/help/"


def test_search_files_come_with_examples_or_for_other_content_with_comments_only(tmp_path):
    (tmp_path / "help").mkdir()
    (tmp_path / "help" / "a.md").write_text("# A\n")

    init_project(tmp_path / "starter")
    init_project(tmp_path / "new", source=tmp_path / "help")

    for name in ("synonyms.yml", "pins.yml", "judgments.yml"):
        assert "\n- " in (tmp_path / "starter" / "search" / name).read_text("utf-8")
        assert all(
            line.startswith("#") for line in (tmp_path / "new" / "search" / name).read_text("utf-8").splitlines()
        )


def test_links_that_name_a_folder_of_the_content_are_no_root(tmp_path):
    (tmp_path / "guides").mkdir()
    (tmp_path / "guides" / "a.md").write_text("[b](/guides/b.md)")

    assert find_link_root(tmp_path) == ""


def test_a_folder_with_files_is_left_alone(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")

    with pytest.raises(KbError, match="is not empty"):
        init_project(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_name_cannot_break_out_of_the_settings(tmp_path):
    init_project(tmp_path / "x", name="Shop\nhooks: [evil.py] # \"'")

    assert load_config(tmp_path / "x" / "mkdocs.yml").site_name == "Shop\nhooks: [evil.py] # \"'"
