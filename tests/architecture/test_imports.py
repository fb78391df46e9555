"""The contracts of pyproject.toml: apps stand on one another, rooms too, law and rules know no framework."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source import ROOT

LINT = Path(sys.executable).with_name("lint-imports")


def lint(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    command = [str(LINT), "--no-cache", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, timeout=300)


def test_every_contract_is_kept() -> None:
    done = lint()
    assert done.returncode == 0, done.stdout[-3000:]
    assert "Contracts: 3 kept, 0 broken." in done.stdout


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("lower/models.py", "import upper.views"),
        ("lower/rules.py", "import django.utils.timezone"),
        ("lower/states.py", "from lower import models"),
    ],
)
def test_a_contract_can_break(tmp_path: Path, file: str, line: str) -> None:
    """The same kinds of contract on two toy apps: each wrong import is found."""
    for app in ("lower", "upper"):
        (tmp_path / app).mkdir()
        for module in ("__init__", "models", "rules", "states", "views"):
            (tmp_path / app / f"{module}.py").write_text("", encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text(TOY, encoding="utf-8")
    assert lint(cwd=tmp_path).returncode == 0
    (tmp_path / file).write_text(line + "\n", encoding="utf-8")
    assert lint(cwd=tmp_path).returncode == 1


TOY = """
[tool.importlinter]
root_packages = ["lower", "upper"]
include_external_packages = true
[[tool.importlinter.contracts]]
name = "house"
type = "layers"
layers = ["upper", "lower"]
[[tool.importlinter.contracts]]
name = "rooms"
type = "layers"
containers = ["lower", "upper"]
layers = ["(views)", "(models)", "(rules)", "(states)"]
[[tool.importlinter.contracts]]
name = "pure"
type = "forbidden"
source_modules = ["*.rules", "*.states"]
forbidden_modules = ["django"]
"""
