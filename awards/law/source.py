"""Rule files: YAML read into plain JSON-able values, with the line of every value kept for the fault report."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import yaml

from awards.law.intake import Fault


class Refused(ValueError):
    """A rule file (规则文件) that may not be used: all its faults, each as "file:line: path: message"."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))


@dataclass(frozen=True)
class Source:
    """A rule file as read: `content` holds only dict, list, str, int, bool and None; dates are ISO texts."""

    path: Path
    content: object
    lines: dict[str, int]

    def refuse(self, faults: Iterable[Fault]) -> None:
        """Raise Refused if there are any faults, each with its file and line."""
        found = [f"{self.path.name}:{self._line(f.path)}: {f.path}: {f.message}" for f in faults]
        if found:
            raise Refused(found)

    def _line(self, path: str) -> int:
        while path and path not in self.lines:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return self.lines.get(path, 1)


def read(path: Path) -> Source:
    """Read one YAML file. Raises Refused for broken YAML, repeated keys, floats and anchors-to-nothing."""
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise Refused([f"{path.name}:{line}: 不是合格的 YAML:{error}"]) from error
    lines: dict[str, int] = {}
    faults: list[str] = []
    content = _plain(node, "", lines, faults) if node is not None else None
    if faults:
        raise Refused(f"{path.name}:{fault}" for fault in faults)
    return Source(path, content, lines)


def _plain(node: yaml.Node, path: str, lines: dict[str, int], faults: list[str]) -> object:
    line = node.start_mark.line + 1
    lines.setdefault(path, line)
    if isinstance(node, yaml.MappingNode):
        content: dict[str, object] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            inner = f"{path}.{key}" if path else key
            if key in content:
                faults.append(f"{key_node.start_mark.line + 1}: {inner}: 同一项目写了不止一次")
            lines[inner] = key_node.start_mark.line + 1
            content[key] = _plain(value_node, inner, lines, faults)
        return content
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, f"{path}[{i}]", lines, faults) for i, item in enumerate(node.value)]
    return _scalar(node, path, line, faults)


def _scalar(node: yaml.Node, path: str, line: int, faults: list[str]) -> object:
    """Of YAML's guesses at plain words only whole numbers, true, false and null are kept; NO is Norway."""
    text = str(node.value)
    kind = node.tag.rpartition(":")[2]
    if kind == "null" and text in ("", "null", "~"):
        return None
    if kind == "bool" and text in ("true", "false"):
        return text == "true"
    if kind == "int" and text.lstrip("-").isdecimal():
        return int(text)
    if kind == "float":
        faults.append(f"{line}: {path}: 小数要加引号，写成精确的文本")
    return text
