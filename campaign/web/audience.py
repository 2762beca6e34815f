"""Who a route is for, and how often it may be posted to. A route without a word here does not start."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar, cast
from uuid import UUID

from flask import Flask, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign import accounts, campaigns, config
from campaign.accounts import Role, Scope, Staff
from campaign.core import i18n, limits
from campaign.core.addresses import network
from campaign.core.db import transaction
from campaign.core.errors import DomainError
from campaign.core.rates import Rate

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])


@dataclass(frozen=True)
class Audience:
    """`public`, `staff` with roles, `key` with a scope, or `link` for the holder of a signed link.

    Of staff: `sudo` asks for the password once more if it was not given lately; `setup` lets somebody in who still
    lacks the second factor that their organisation wants.
    """

    kind: str
    roles: frozenset[Role] = frozenset()
    scope: str = ""
    sudo: bool = False
    setup: bool = False


class Forbidden(DomainError):
    """Signed in, but not for this."""

    code, status = "forbidden", 403


class NoKey(DomainError):
    """A program came without a key that is valid."""

    code, status = "no_key", 401


def public(view: View) -> View:
    """Anybody may ask."""
    return _mark(view, Audience("public"))


def signed_link(view: View) -> View:
    """Whoever holds the link; the view reads the token in its address."""
    return _mark(view, Audience("link"))


def staff(*roles: Role, sudo: bool = False, setup: bool = False) -> Callable[[View], View]:
    """Signed-in staff with one of these roles (any role where none is named)."""
    return lambda view: _mark(view, Audience("staff", frozenset(roles or Role), sudo=sudo, setup=setup))


def key(scope: Scope) -> Callable[[View], View]:
    """A program with a key of that scope (`Authorization: Bearer`); the view finds it in `g.key`."""
    return lambda view: _mark(view, Audience("key", scope=scope.value))


def hook(view: View) -> View:
    """A program of somebody else that proves by each request who it is; the view checks that proof first."""
    return _mark(view, Audience("hook"))


def _mark(view: View, audience: Audience) -> View:
    vars(view)["audience"] = audience
    return view


def limited(name: str, rate: Rate | Callable[[], Rate]) -> Callable[[View], View]:
    """At most so many POSTs per network. The view calls `count` itself where it must keep a form's values."""

    def wrap(view: View) -> View:
        @wraps(view)
        def counted(*args: Any, **kwargs: Any) -> ResponseReturnValue:
            if request.method not in ("GET", "HEAD", "OPTIONS"):
                count(name, rate)
            return view(*args, **kwargs)

        vars(counted)["limit"] = name
        return cast(View, counted)

    return wrap


def self_limited(name: str) -> Callable[[View], View]:
    """The view counts by itself under this name, after checking the form."""

    def mark(view: View) -> View:
        vars(view)["limit"] = name
        return view

    return mark


def count(name: str, rate: Rate | Callable[[], Rate]) -> None:
    """Count one request of this network; raises TooMany over the rate."""
    limits.check(name, rate() if callable(rate) else rate, network(request.remote_addr))


def sign_limit() -> Rate:
    """The setting SIGN_LIMIT."""
    return config.current().sign_limit


def of(app: Flask, endpoint: str) -> Audience | None:
    """The audience that an endpoint declares."""
    return getattr(app.view_functions[endpoint], "audience", None)


def check_routes(app: Flask) -> None:
    """Refuse to start with a route that says nothing of its audience, or one that takes a POST without a limit."""
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if of(app, rule.endpoint) is None:
            raise RuntimeError(f"{rule} declares no audience")
        if {"POST", "PUT", "PATCH", "DELETE"} & (rule.methods or set()) and not hasattr(view, "limit"):
            raise RuntimeError(f"{rule} takes a POST and declares no limit")


def guard() -> ResponseReturnValue | None:
    """Before each request: let only its audience in."""
    audience = of(current_app, request.endpoint) if request.endpoint else None
    if audience is None:
        return None
    if audience.kind == "key":
        return _guard_key(audience)
    return _guard_staff(audience) if audience.kind == "staff" else None


def _guard_staff(audience: Audience) -> ResponseReturnValue | None:
    who: Staff | None = g.get("staff")
    if who is None:
        return redirect(url_for("staff.sign_in", next=request.full_path if request.method == "GET" else None), 303)
    if who.lacks_factor and not audience.setup:
        return redirect(url_for("staff.second_factor"), 303)
    if not who.roles & audience.roles:
        raise Forbidden(_("Your role does not allow this."))
    _load_campaign(who.organisation_id)
    if audience.sudo and not who.sudo:
        return redirect(url_for("staff.confirm_password", next=_page()), 303)
    return None


def _guard_key(audience: Audience) -> ResponseReturnValue | None:
    """Wrong keys are counted per network, right ones per key."""
    scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
    found = accounts.key_of(secret.strip()) if scheme.lower() == "bearer" else None
    if found is None:
        count("key-guess", Rate(60, "minute"))
        raise NoKey(_("Send a key that is valid as Authorization: Bearer."))
    limits.check("key", Rate(300, "minute"), str(found.id))
    if audience.scope not in found.scopes:
        raise Forbidden(_("This key is not good for %(scope)s.", scope=audience.scope))
    if found.stale:
        with transaction():
            accounts.touch_key(found.id)
    g.key, g.private = found, True
    _load_campaign(found.organisation_id)
    return None


def _load_campaign(organisation_id: UUID) -> None:
    """The campaign in the address; another organisation's is not there: 404."""
    slug = (request.view_args or {}).get("slug")
    if slug is not None:
        g.campaign = campaigns.of_organisation(organisation_id, slug, i18n.language())


def _page() -> str:
    """The page to come back to: this one, or for a POST the one above it that can be looked at."""
    if request.method == "GET":
        return request.full_path.removesuffix("?")
    path, adapter = request.path, current_app.url_map.bind("localhost")
    while path.count("/") > 1 and not adapter.test(path, "GET"):
        path = path.rpartition("/")[0]
    return path
