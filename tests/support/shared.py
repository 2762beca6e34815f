"""What the apps of tests share in one process: each test makes an app, and this part of it is the same each time.

Werkzeug's code for each rule, SQLAlchemy's engine with its compiled statements, Jinja's compiled templates, and cheap
passwords (tests/accounts/test_passwords.py has the real ones). Two thirds of a short test's time went into them.
"""

from typing import Any, ClassVar

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Engine
from werkzeug.routing import Rule

from campaign.accounts import passwords
from tests.support.passwords import CHEAP, NOBODY

_compile, _make_engine = Rule.compile, SQLAlchemy._make_engine
PATIENT = "idle_in_transaction_session_timeout=600000"
_rules: dict[tuple[Any, ...], Rule] = {}
_engines: dict[str, Engine] = {}


def share() -> None:
    """Begin, in this process; what it starts as a process of its own is a real one."""
    Rule.compile = _as_before  # type: ignore[method-assign]
    SQLAlchemy._make_engine = _engine  # type: ignore[method-assign]
    passwords._hasher, passwords._NOBODY = CHEAP, NOBODY


def _as_before(rule: Rule) -> None:
    """Compile each rule once; another of the same text takes over what does not depend on its map."""
    key = (rule.rule, rule.subdomain, rule.host, repr(rule.defaults))
    first = _rules.setdefault(key, rule)
    if first is rule:
        _compile(rule)
        return
    for name in ("_parts", "_trace", "_converters", "arguments"):
        setattr(rule, name, getattr(first, name))
    for name in ("_build", "_build_unknown"):
        setattr(rule, name, getattr(first, name).__func__.__get__(rule, None))


def _engine(extension: SQLAlchemy, bind: str | None, options: dict[str, Any], app: Flask) -> Engine:
    # A test may look at a page for long while its own session has read something.
    arguments = options["connect_args"]
    patient = arguments["options"].replace("idle_in_transaction_session_timeout=30000", PATIENT)
    options = {**options, "connect_args": {**arguments, "options": patient}}
    key = repr(sorted(options.items(), key=str))
    if key not in _engines:
        _engines[key] = _make_engine(extension, bind, options, app)
    return _engines[key]


class Templates(BytecodeCache):
    """What one app compiled, the next one takes; Jinja compares its checksum with the source."""

    kept: ClassVar[dict[str, bytes]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what is there."""
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it."""
        self.kept[bucket.key] = bucket.bytecode_to_string()
