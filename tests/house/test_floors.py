"""DESIGN 2: a room imports only from lower floors, and only through front doors."""

import ast

import pytest

from tests.house.source import Import, calls, front_door, imports, modules, room_of

# From the ground up. Rooms on one floor do not know each other.
FLOORS = (
    ("core", "config"),
    ("counters", "webhooks"),
    ("outbox",),
    ("accounts",),
    ("targets",),
    ("campaigns",),
    ("letters",),
    ("signatures",),
    ("replies",),
    ("offices", "printing"),
    ("privacy",),
    ("reports",),
    ("crowd", "seed"),
    ("doctor", "jobs", "live", "web"),
    ("app",),
    ("demo",),
    ("cli",),
    ("__main__",),
)
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
# The two on the ground floor lean on each other: settings hold rates, and the core reads settings.
TOGETHER = {frozenset({"core", "config"})}
# Beside the house: programs that start programs. They know nothing of campaigns; only those at the top use them.
BESIDE = {"processes": frozenset[str](), "embedded": {"processes"}, "supervise": {"processes"}}
USERS_OF_BESIDE = {"demo", "cli"}
# The version, which everybody may read.
PACKAGE = "campaign"

# Rooms without a front door: core is many small things, web and jobs are edges that their starters take apart.
OPEN_TO = {"core": None, "web": {"app", "cli"}, "jobs": {"cli"}}
EDGES = {"web", "jobs", "live", "cli", "demo"}
# Who commits beside core/db.py, and why.
MAY_COMMIT = {"jobs/schedule.py": "an advisory lock on a connection of its own, with no rows in its transaction"}
# Who reads a clock beside core/clock.py, and why.
MAY_READ_CLOCK = {
    "core/clock.py": "the one place",
    "core/ids.py": "the milliseconds in a version 7 UUID",
    "core/limits.py": "the limits library answers in time.time",
}
CLOCKS = {
    *("datetime.now", "datetime.utcnow", "datetime.today", "date.today"),
    *("datetime.datetime.now", "datetime.datetime.utcnow", "datetime.date.today"),
    *("time.time", "time.time_ns", "time.localtime", "time.gmtime", "time.ctime", "time.strftime"),
}


def allowed(by: str, other: str) -> bool:
    """Whether one room may import another."""
    if by == other or other == PACKAGE:
        return True
    if by in BESIDE:
        return other in BESIDE[by]
    if other in BESIDE:
        return by in USERS_OF_BESIDE
    return FLOOR[other] < FLOOR[by] or frozenset({by, other}) in TOGETHER


def through_front_door(found: Import) -> bool:
    """Whether an import of another room goes by its `__init__`: a name that it offers, or the room as a whole."""
    room = room_of(found.module)
    if room in (found.by.room, PACKAGE) or room in BESIDE or found.asked == f"campaign.{room}":
        return True
    if (
        found.asked.removeprefix(f"campaign.{room}.") in front_door(room)
        or modules()[f"campaign.{room}"].path.stem == room
    ):
        return True
    openers = OPEN_TO.get(room, frozenset())
    return openers is None or found.by.room in openers


def test_every_room_stands_on_a_floor() -> None:
    rooms = {module.room for module in modules().values()} - {PACKAGE}
    assert rooms <= FLOOR.keys() | BESIDE.keys()


def test_a_room_imports_only_from_lower_floors() -> None:
    rooms = [module for module in modules().values() if module.room != PACKAGE]
    wrong = [found for module in rooms for found in imports(module) if not allowed(module.room, room_of(found.module))]
    assert list(map(str, wrong)) == []


def test_the_package_itself_imports_nothing() -> None:
    assert not list(imports(modules()[PACKAGE]))


def test_a_room_is_entered_through_its_front_door() -> None:
    wrong = [found for module in modules().values() for found in imports(module) if not through_front_door(found)]
    assert list(map(str, wrong)) == []


def test_no_module_imports_itself_by_a_detour() -> None:
    """Not one cycle between files, front doors left aside: a file of a room may name its room's other files."""
    graph = {
        name: {found.module for found in imports(module)} - {f"campaign.{module.room}", "campaign"}
        for name, module in modules().items()
        if name != f"campaign.{module.room}" or module.path.name != "__init__.py"
    }
    done: set[str] = set()

    def walk(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " -> ".join((*path, name))
        if name not in done:
            for other in sorted(graph.get(name, ())):
                walk(other, (*path, name))
            done.add(name)

    for name in graph:
        walk(name, ())


def test_imports_stand_at_the_top() -> None:
    hidden = []
    for module in modules().values():
        top = set(map(id, module.tree.body))
        nodes = [node for node in ast.walk(module.tree) if isinstance(node, ast.Import | ast.ImportFrom)]
        hidden += [f"{module.relative}:{node.lineno}" for node in nodes if id(node) not in top]
    assert hidden == []


def test_no_import_is_for_the_type_checker_only() -> None:
    assert [module.relative for module in modules().values() if "TYPE_CHECKING" in module.path.read_text()] == []


def test_only_edges_open_a_transaction() -> None:
    places = {
        module.room
        for module in modules().values()
        for name, _line in calls(module)
        if name.rpartition(".")[2] == "transaction"
    }
    assert places <= EDGES


def test_nobody_commits_but_the_transaction() -> None:
    places = {
        module.relative for module in modules().values() for name, _line in calls(module) if name.endswith(".commit")
    }
    assert places == {"core/db.py", *MAY_COMMIT}


def test_the_clock_is_read_in_one_place() -> None:
    places = {module.relative for module in modules().values() for name, _line in calls(module) if name in CLOCKS}
    assert places == MAY_READ_CLOCK.keys()


@pytest.mark.parametrize(
    ("by", "other", "expected"),
    [
        ("signatures", "letters", True),
        ("letters", "signatures", False),
        ("counters", "webhooks", False),
        ("web", "jobs", False),
        ("core", "config", True),
        ("core", "outbox", False),
        ("demo", "embedded", True),
        ("web", "embedded", False),
        ("embedded", "core", False),
    ],
)
def test_the_rule_itself(by: str, other: str, expected: bool) -> None:
    assert allowed(by, other) is expected


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("campaign.outbox", True),
        ("campaign.outbox.write", True),
        ("campaign.outbox.queries.lanes", False),
        ("campaign.outbox.moves", False),
        ("campaign.core.redis.attempt", True),
        ("campaign.config.current", True),
        ("campaign.web.audience.public", False),
    ],
)
def test_a_side_door_is_seen(asked: str, expected: bool) -> None:
    letters = modules()["campaign.letters.commands"]
    assert through_front_door(Import(letters, asked, asked, 1)) is expected
