"""A right request for each POST of the pages about signatures."""

from collections.abc import Callable, Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import select, text

from campaign import signatures
from campaign.accounts import Organisation
from campaign.core.db import session, transaction
from campaign.signatures.conditions import Conditions
from campaign.signatures.moderation import Look
from campaign.signatures.tables import PLAIN
from tests.support import people
from tests.support.forms import SLUG

# A path below the campaign and the fields of the form, for one who may do everything.
Made = Callable[[], tuple[str, Mapping[str, str]]]
HOME = f"/staff/campaigns/{SLUG}"


def _who() -> dict[str, object]:
    return {"actor": "test", "organisation_id": session().scalars(select(Organisation.id)).first()}


def _campaign() -> UUID:
    return people.page().id


def hold() -> tuple[str, Mapping[str, str]]:
    return "signatures/hold", {"ids": str(people.supporter()), "reason": "odd"}


def release() -> tuple[str, Mapping[str, str]]:
    person = people.supporter()
    with transaction():
        signatures.hold.hold(_campaign(), [person], "odd", **_who())  # type: ignore[arg-type]
    return "signatures/release", {"ids": str(person)}


def look() -> tuple[str, Mapping[str, str]]:
    return "moderation/look", {"ids": str(people.supporter(comment="It must end.")), "look": "show"}


def undo_look() -> tuple[str, Mapping[str, str]]:
    person = people.supporter(comment="It must end.")
    with transaction():
        act, _n = signatures.moderation.look(_campaign(), [person], Look.SHOW, **_who())  # type: ignore[arg-type]
    return f"moderation/{act}/undo", {}


def setting() -> tuple[str, Mapping[str, str]]:
    return "moderation/setting", {"wanted": "1"}


def count() -> tuple[str, Mapping[str, str]]:
    people.supporter()
    return "invalidations/count", {"domain": "example.org"}


def _batch() -> UUID:
    people.supporter()
    with transaction():
        return signatures.invalidation.draft(_campaign(), Conditions(domain="example.org"), actor="test")


def _begun() -> UUID:
    batch = _batch()
    with transaction():
        signatures.invalidation.start(_campaign(), batch, "false", **_who())  # type: ignore[arg-type]
    return batch


def start() -> tuple[str, Mapping[str, str]]:
    return f"invalidations/{_batch()}/start", {"reason": "false"}


def stop() -> tuple[str, Mapping[str, str]]:
    return f"invalidations/{_begun()}/stop", {}


def undo() -> tuple[str, Mapping[str, str]]:
    batch = _begun()
    with transaction():
        signatures.run_batch(batch)
    return f"invalidations/{batch}/undo", {}


def order() -> tuple[str, Mapping[str, str]]:
    return "exports/order", {"kind": "xlsx", "layout": "plain"}


def _file() -> UUID:
    with transaction():
        return signatures.exports.order(_campaign(), Conditions(), PLAIN, [], **_who())  # type: ignore[arg-type]


def stop_export() -> tuple[str, Mapping[str, str]]:
    return f"exports/{_file()}/stop", {}


def add_paper() -> tuple[str, Mapping[str, str]]:
    return "paper/add", {"number": "10", "signed_on": "2026-01-02", "place": "Gent", "note": ""}


def _lot() -> UUID:
    lot = {"number": 10, "signed_on": date(2026, 1, 2), "place": "Gent", "note": ""}
    with transaction():
        return signatures.paper.add(_campaign(), **lot, **_who())  # type: ignore[arg-type]


def take_back() -> tuple[str, Mapping[str, str]]:
    return f"paper/{_lot()}/take-back", {}


def put_back() -> tuple[str, Mapping[str, str]]:
    lot = _lot()
    with transaction():
        signatures.paper.take_back(_campaign(), lot, **_who())  # type: ignore[arg-type]
    return f"paper/{lot}/put-back", {}


MADE: dict[str, Made] = {
    "staff.hold_signatures": hold,
    "staff.release_signatures": release,
    "staff.look": look,
    "staff.undo_look": undo_look,
    "staff.moderation_setting": setting,
    "staff.count_invalidation": count,
    "staff.start_invalidation": start,
    "staff.stop_invalidation": stop,
    "staff.undo_invalidation": undo,
    "staff.order_export": order,
    "staff.stop_export": stop_export,
    "staff.add_paper": add_paper,
    "staff.take_paper_back": take_back,
    "staff.put_paper_back": put_back,
}


def values() -> dict[str, object]:
    """What stands in the addresses of these pages, of things that are there."""
    batch, export = _batch(), _file()
    people.forget()
    return {
        "signature_id": session().scalar(text("SELECT id FROM signatures ORDER BY id LIMIT 1")),
        "batch_id": batch,
        "export_id": export,
    }
