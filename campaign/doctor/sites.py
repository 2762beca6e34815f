"""The addresses that browsers use: the pages and the live counter."""

from campaign import config
from campaign.doctor.finding import Finding, Findings, ok, problem, warning
from campaign.doctor.web import Reply, Unreached, ask

# No campaign is called so. Live says that there is none; the web process points to where live should be.
STREAM = "/api/v1/campaigns/campaign-doctor/counter/stream"


def pages() -> Findings:
    """The web process, where supporters reach it."""
    url = config.current().public_url
    advice = "Start campaign web; look at proxy, DNS and certificate. It may be that only this machine cannot see it."
    try:
        status = ask(f"{url}/healthz").status
    except Unreached as error:
        yield warning("pages", f"{url} does not answer: {error}.", advice)
        return
    if status == 200:
        yield ok("pages", f"{url} answers.")
    elif 300 <= status < 400:
        yield warning("pages", f"{url} points elsewhere.", "Set PUBLIC_URL to the address that supporters end at.")
    else:
        yield warning("pages", f"{url}/healthz answers {status}.", advice)


def live() -> Findings:
    """The live process, where browsers reach it."""
    settings = config.current()
    url = settings.live_url
    try:
        yield _named(url, ask(f"{url}/healthz").status) if url else _routed(ask(settings.public_url + STREAM))
    except Unreached as error:
        words = f"{url or settings.public_url} does not answer: {error}. Counters do not move."
        yield problem("live", words, "Start it: campaign live")


def _named(url: str, status: int) -> Finding:
    if status == 200:
        return ok("live", f"{url} answers.")
    return problem("live", f"{url}/healthz answers {status}.", "Look at LIVE_URL and the proxy.")


def _routed(reply: Reply) -> Finding:
    """What the counter's stream answers at PUBLIC_URL."""
    if reply.status == 404 and b'"error"' in reply.body:
        return ok("live", "The proxy hands the counter to the live process.")
    if 300 <= reply.status < 400:
        return problem(
            "live",
            "LIVE_URL is empty, and the proxy hands the counter to the web process, which has no streams.",
            "Route /api/v1/campaigns/*/counter* to campaign live, or set LIVE_URL.",
        )
    words = f"The counter's stream answers {reply.status}."
    return problem("live", words, "Start campaign live, and look at the proxy.")
