"""Headers that every answer carries."""

from flask import Flask, Response, g, request

from campaign.config import Settings


def init_app(app: Flask, settings: Settings) -> None:
    """Add the security headers; a view may have set a stricter one already."""
    connect = " ".join(sorted({"'self'", settings.live_origin}))
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        f"connect-src {connect}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )

    def add(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", policy)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("X-Frame-Options", "DENY")
        headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), interest-cohort=()")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        # A page that a token opens must not tell the next site its address.
        headers.setdefault("Referrer-Policy", "no-referrer" if g.get("private") else "strict-origin-when-cross-origin")
        if g.get("private") or g.get("staff"):
            headers.setdefault("Cache-Control", "no-store")
        elif request.endpoint != "static":
            headers.setdefault("Cache-Control", "no-cache")
        if settings.secure:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        return response

    app.after_request(add)
