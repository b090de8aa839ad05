"""The container file that ``kb init`` lays down, by running its steps below a folder that stands for its root.

What needs the distribution's own packages is left out; no container program is needed.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

from kb_builder.init import init_project

ROOT = Path(__file__).parents[1]


def test_the_container_builds_a_help_center_from_a_wheel(tmp_path: Path) -> None:
    make_wheel = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", str(ROOT)]
    subprocess.run([*make_wheel, "--wheel-dir", str(tmp_path / "center")], check=True, timeout=240)
    (wheel,) = (tmp_path / "center").iterdir()
    init_project(tmp_path / "made", ci=("container",))
    shutil.copytree(tmp_path / "made", tmp_path / "center", dirs_exist_ok=True)
    (tmp_path / "center/requirements.txt").write_text(f"./{wheel.name}\n")
    recipe = (tmp_path / "center/Containerfile").read_text("utf-8")
    recipe = recipe.replace("COPY requirements.txt", f"COPY requirements.txt {wheel.name}")

    entry = run_container_steps(recipe, context=tmp_path / "center", root=tmp_path / "image")
    volume = tmp_path / "image" / "work"
    volume.rmdir()
    (tmp_path / "center").rename(volume)
    subprocess.run([*entry, "build"], cwd=volume, env=clean(), check=True)

    assert entry == [str(tmp_path / "image/python/bin/kb")]
    assert (volume / "site/search/manifest.json").is_file()


def clean() -> dict[str, str]:
    """Return an environment in which nothing of this checkout is found, and no package index."""
    return {**{name: value for name, value in os.environ.items() if name != "PYTHONPATH"}, "PIP_NO_INDEX": "1"}


def run_container_steps(recipe: str, *, context: Path, root: Path) -> list[str]:
    """Run each instruction with ``root`` for the file system; return the command of the container.

    Its Python is a fresh environment that finds the packages of this one, except kb_builder.
    """
    venv.create(root / "python", with_pip=True)
    packages = Path(sysconfig.get_path("purelib"))
    (root / "packages").mkdir()
    for path in packages.iterdir():
        if "kb_builder" not in path.name.replace("-", "_"):
            (root / "packages" / path.name).symlink_to(path)
    (inner,) = (root / "python").glob("lib/*/site-packages")
    (inner / "others.pth").write_text(f"{root / 'packages'}\n")
    programs, folder, entry = root / "python/bin", root, []
    for line in filter(None, recipe.splitlines()):
        instruction, _, rest = line.partition(" ")
        match instruction:
            case "WORKDIR":
                folder = root / rest.lstrip("/")
                folder.mkdir()
            case "COPY":
                *names, target = rest.split()
                for name in names:
                    shutil.copy(context / name, folder / target)
            case "RUN" if not rest.startswith("apt-get "):
                env = {**clean(), "PATH": f"{programs}:{os.environ['PATH']}"}
                subprocess.run(["bash", "-euc", rest], cwd=folder, env=env, check=True, timeout=240)
            case "ENTRYPOINT":
                program, *arguments = json.loads(rest)
                entry = [str(programs / program), *arguments]
            case _:
                assert instruction in ("#", "FROM", "RUN"), line
    return entry
