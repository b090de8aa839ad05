"""mkdocs.yml is data: what is not on the closed list is refused with the path of the key."""

import pytest

from kb_builder.config import load_config
from kb_builder.issues import ConfigError

PLAIN = """
site_name: Shop help
plugins:
  - kb:
      content:
        link_root: /help/
      theme:
        accent: '#0a5c45'
"""


def write(folder, text):
    path = folder / "mkdocs.yml"
    path.write_text(text, encoding="utf-8")
    return path


def test_settings_are_read_and_typed(tmp_path):
    config = load_config(write(tmp_path, PLAIN + "theme:\n  name: help_center\n  language: de\n"))

    assert config.site_name == "Shop help"
    assert config.language == "de"
    assert config.content_dir == tmp_path / "content"
    assert config.settings.content.link_root == "/help/"
    assert config.settings.theme.accent == "#0a5c45"
    assert config.settings.content.max_page_kilobytes == 1000


@pytest.mark.parametrize(
    ("text", "where"),
    [
        pytest.param("site_name: x\nhooks: [evil.py]\n", "hooks", id="H21-hooks"),
        pytest.param("site_name: x\nplugins: [search]\n", "plugins[0]", id="H21-plugin"),
        pytest.param("site_name: x\nplugins: [{macros: {}}]\n", "plugins[0]", id="H21-plugin-with-options"),
        pytest.param("site_name: x\nmarkdown_extensions: [evil.ext]\n", "markdown_extensions", id="H21-extension"),
        pytest.param(
            "site_name: x\ntheme: {name: help_center, custom_dir: over}\n", "theme.custom_dir", id="H21-theme-folder"
        ),
        pytest.param("site_name: x\ntheme: {name: material}\n", "theme.name", id="H21-theme"),
        pytest.param("site_name: x\nextra_javascript: [a.js]\n", "extra_javascript", id="H21-script"),
        pytest.param("site_name: !!python/object/apply:os.system [id]\n", "mkdocs.yml:1", id="H20-python-object"),
        pytest.param("site_name: !ENV HOME\n", "mkdocs.yml:1", id="H20-env"),
        pytest.param("a: &a [x]\nsite_name: *a\n", "mkdocs.yml:", id="H19-alias"),
        pytest.param("site_name: x\nsite_name: y\n", "mkdocs.yml:2", id="H17-duplicate-key"),
        pytest.param("site_name: x\ndocs_dir: ../secrets\n", "docs_dir", id="outside"),
        pytest.param("site_name: x\nsite_dir: /\n", "site_dir", id="absolute"),
        *(
            pytest.param(
                f"site_name: x\nplugins: [{{kb: {{search: {{folder: '{folder}'}}}}}}]\n",
                "plugins.kb.search.folder",
                id=f"search-folder-{folder}",
            )
            for folder in ("../secrets", "/etc", "a/../b", "", "a//b", ".kb")
        ),
        pytest.param("site_name: x\nsite_url: 'javascript:alert(1)'\n", "site_url", id="H26-url"),
        pytest.param(
            "site_name: x\nplugins: [{kb: {theme: {accent: 'red;}'}}}]\n", "plugins.kb.theme.accent", id="css-injection"
        ),
        pytest.param(
            "site_name: x\nplugins: [{kb: {content: {max_page_kilobytes: many}}}]\n",
            "plugins.kb.content.max_page_kilobytes",
            id="H97-type",
        ),
        pytest.param("[]\n", "mkdocs.yml", id="not-a-mapping"),
        pytest.param("", "mkdocs.yml", id="H01-empty"),
    ],
)
def test_unsafe_or_wrong_settings_are_refused_with_their_path(tmp_path, text, where):
    with pytest.raises(ConfigError) as caught:
        load_config(write(tmp_path, text))

    assert where in str(caught.value)
    assert caught.value.exit_code == 2


def test_no_environment_value_reaches_a_message(tmp_path, monkeypatch):
    """H20"""
    monkeypatch.setenv("KB_SECRET", "hunter2")

    with pytest.raises(ConfigError) as caught:
        load_config(write(tmp_path, "site_name: !ENV KB_SECRET\n"))

    assert "hunter2" not in f"{caught.value} {caught.value.hint}"


def test_a_misspelt_key_names_the_nearest(tmp_path):
    """H97"""
    with pytest.raises(ConfigError) as caught:
        load_config(write(tmp_path, "site_name: x\nplugins: [{kb: {content: {link_rot: /help/}}}]\n"))

    assert "plugins.kb.content.link_rot" in str(caught.value)
    assert "'link_root'" in caught.value.hint


def test_a_missing_file_says_how_to_make_one(tmp_path):
    with pytest.raises(ConfigError) as caught:
        load_config(tmp_path / "mkdocs.yml")

    assert "kb init" in caught.value.hint


def test_trusted_settings_may_hold_hooks(tmp_path):
    config = load_config(write(tmp_path, "site_name: x\nhooks: [hook.py]\nplugins: [kb, tags]\n"), trust=True)

    assert config.trusted
    assert config.site_name == "x"
