"""Where the servers' programs come from, and the environment they run in."""

from __future__ import annotations

import importlib.util
import locale
import os
from pathlib import Path

from processes import Trouble


def wheel_folder(package: str) -> Path:
    """Return the folder of an installed wheel without importing it."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise Trouble(f"The package {package} is not installed. Run ./run setup.")
    return Path(next(iter(spec.submodule_search_locations)))


def chinese_locale() -> str:
    """Return a locale of this system in which Chinese characters are letters."""
    for name in ("C.UTF-8", "C.utf8", "en_US.UTF-8", "zh_CN.UTF-8"):
        try:
            locale.setlocale(locale.LC_CTYPE, name)
        except locale.Error:
            continue
        return name
    raise Trouble("This system has no UTF-8 locale (C.UTF-8). On Debian: apt-get install locales")


def clean_env() -> dict[str, str]:
    """Return an environment for the database's programs: no PG* variable of the person's own can lead them astray."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return env | {"LC_ALL": chinese_locale(), "PGCLIENTENCODING": "UTF8", "HOME": "/"}
