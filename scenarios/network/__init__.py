"""Sockets on loopback: echo over TCP, TLS, UNIX sockets and UDP, connections that come and go, bulk data."""

MODULES = (
    "tcp_echo",
    "tcp_split",
    "tcp_connections",
    "tcp_bulk",
    "tls",
    "unix_echo",
    "udp_echo",
    "name_lookup",
)
"""The modules of this family; those that are not named hold what the scenarios share."""

REQUIREMENTS = ("trustme",)
"""What its scenarios import besides AnyIO; an environment that they run in has it."""
