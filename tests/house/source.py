"""The source of the house as trees: which module imports which, and what is called where."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "campaign"


@dataclass(frozen=True)
class Module:
    """One file of the package."""

    name: str
    path: Path
    tree: ast.Module

    @property
    def room(self) -> str:
        """The folder or file right below `campaign`; the package's own file is `campaign`."""
        return room_of(self.name)

    @property
    def relative(self) -> str:
        """Its path below the package."""
        return self.path.relative_to(PACKAGE).as_posix()


@dataclass(frozen=True)
class Import:
    """One imported name: `module` is what is loaded, `asked` what the statement names, `line` where it stands."""

    by: Module
    module: str
    asked: str
    line: int

    def __str__(self) -> str:
        return f"{self.by.relative}:{self.line} imports {self.module}"


def room_of(name: str) -> str:
    """The room of a dotted name."""
    parts = name.split(".")
    return parts[1] if len(parts) > 1 else parts[0]


@cache
def modules() -> dict[str, Module]:
    """Every module of the package, by dotted name."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = Module(name, path, ast.parse(path.read_text(encoding="utf-8"), str(path)))
    return found


def imports(module: Module) -> Iterator[Import]:
    """What a module imports of the package. `from campaign.web import api` is the module api, not a name in web."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.split(".")[0] == "campaign":
                    yield Import(module, alias.name, alias.name, node.lineno)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            assert node.level == 0, f"{module.relative}:{node.lineno} imports by dots"
            if base.split(".")[0] != "campaign":
                continue
            for alias in node.names:
                whole = f"{base}.{alias.name}"
                yield Import(module, whole if whole in modules() else base, whole, node.lineno)


@cache
def front_door(room: str) -> frozenset[str]:
    """The names that a room offers in the `__all__` of its `__init__`."""
    module = modules().get(f"campaign.{room}")
    for node in module.tree.body if module else ():
        if isinstance(node, ast.Assign) and [dotted(target) for target in node.targets] == ["__all__"]:
            return frozenset(ast.literal_eval(node.value))
    return frozenset()


def calls(module: Module) -> Iterator[tuple[str, int]]:
    """The dotted names that a module calls, as written, each with its line."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call):
            yield dotted(node.func), node.lineno


def dotted(node: ast.expr) -> str:
    """`a.b.c` as text; what is no plain name is a star."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return "*"
