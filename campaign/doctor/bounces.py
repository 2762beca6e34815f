"""Where bounces go: the hosts that take mail for the envelope's domain."""

from campaign.doctor.finding import Finding, ok, problem
from campaign.doctor.resolver import NoSuchName, Resolver

CHECK = "bounces"


def check(resolver: Resolver, domain: str) -> Finding:
    """The MX of the domain. Raises Unanswered."""
    try:
        hosts = resolver.mx(domain)
    except NoSuchName:
        return problem(CHECK, f"DNS does not know {domain}.", "Correct MAIL_FROM, or set the domain up.")
    advice = f"Publish an MX record for {domain} that leads to a mailbox you read."
    if "" in hosts:
        return problem(CHECK, f"{domain} says that it takes no mail (null MX): bounces are lost.", advice)
    if not hosts:
        return problem(CHECK, f"{domain} has no MX: bounces are lost, and many receivers refuse us.", advice)
    return ok(CHECK, f"{min(hosts)} takes them.")
