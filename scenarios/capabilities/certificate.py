"""Both ends of a TLS connection to localhost."""

import ssl
from pathlib import Path

LOCALHOST = Path(__file__).with_name("localhost.pem")
"""A key and a certificate for localhost that nobody trusts but the stories here: no secret."""


def server_side() -> ssl.SSLContext:
    """A server that shows the certificate."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(LOCALHOST)
    return context


def client_side() -> ssl.SSLContext:
    """A client that trusts it, and nobody else."""
    return ssl.create_default_context(cafile=str(LOCALHOST))
