"""Who a route is for, and how often it may be posted to. A route without a word here does not start."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Flask, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from campaign import campaigns, config
from campaign.accounts import Role
from campaign.core import i18n, limits
from campaign.core.addresses import network
from campaign.core.errors import DomainError
from campaign.core.rates import Rate

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])


@dataclass(frozen=True)
class Audience:
    """`public`, `staff` with roles, or `link` for the holder of a signed link."""

    kind: str
    roles: frozenset[Role] = frozenset()


class Forbidden(DomainError):
    """Signed in, but not for this."""

    code, status = "forbidden", 403


def public(view: View) -> View:
    """Anybody may ask."""
    return _mark(view, Audience("public"))


def signed_link(view: View) -> View:
    """Whoever holds the link; the view reads the token in its address."""
    return _mark(view, Audience("link"))


def staff(*roles: Role) -> Callable[[View], View]:
    """Signed-in staff with one of these roles (any role where none is named)."""
    return lambda view: _mark(view, Audience("staff", frozenset(roles or Role)))


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
    if request.endpoint is None:
        return None
    audience = of(current_app, request.endpoint)
    if audience is None or audience.kind != "staff":
        return None
    who = g.get("staff")
    if who is None:
        return redirect(url_for("staff.sign_in", next=request.full_path if request.method == "GET" else None), 303)
    if not who.roles & audience.roles:
        raise Forbidden("Your role does not allow this.")
    slug = (request.view_args or {}).get("slug")
    if slug is not None:  # another organisation's campaign is not there: 404
        g.campaign = campaigns.of_organisation(who.organisation_id, slug, i18n.language())
    return None
