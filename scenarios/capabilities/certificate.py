"""Both ends of a TLS connection to localhost, by an authority made at run time and trusted only here."""

import ssl
from functools import cache

import trustme


@cache
def _authority() -> trustme.CA:
    return trustme.CA()


def server_side() -> ssl.SSLContext:
    """A server that shows a certificate for localhost and its address."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    _authority().issue_cert("localhost", "127.0.0.1").configure_cert(context)
    return context


def client_side() -> ssl.SSLContext:
    """A client that trusts it, and nobody else."""
    context = ssl.create_default_context()
    _authority().configure_trust(context)
    return context
