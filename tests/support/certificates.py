"""Certificates for stand-ins, made when a test runs: an authority of our own and a server that it vouches for."""

from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from campaign.core.clock import now


class Certificate(NamedTuple):
    """The files of a server: what it shows, its key, and the authority that a client must trust."""

    shown: Path
    key: Path
    authority: Path


def certificate(folder: Path, name: str = "localhost", *, days: int = 2) -> Certificate:
    """A server certificate for `name` and 127.0.0.1; already over where `days` is negative."""
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca_name, subject = _name("Stand-in authority"), _name(name)
    ca = _builder(ca_name, ca_name, ca_key.public_key(), 2).add_extension(x509.BasicConstraints(True, 0), True)
    names = x509.SubjectAlternativeName([x509.DNSName(name), x509.IPAddress(ip_address("127.0.0.1"))])
    server = _builder(subject, ca_name, key.public_key(), days).add_extension(names, False)
    files = Certificate(folder / f"{name}.pem", folder / f"{name}.key", folder / f"{name}-ca.pem")
    files.shown.write_bytes(_pem(server.sign(ca_key, hashes.SHA256())))
    files.authority.write_bytes(_pem(ca.sign(ca_key, hashes.SHA256())))
    files.key.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return files


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, days: int
) -> x509.CertificateBuilder:
    ends = now() + timedelta(days=days)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(min(now(), ends) - timedelta(days=1))
        .not_valid_after(ends)
    )


def _pem(made: x509.Certificate) -> bytes:
    return made.public_bytes(serialization.Encoding.PEM)
