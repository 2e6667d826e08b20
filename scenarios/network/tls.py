"""TLS on loopback, with a certificate made at run time by an authority that exists only here."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from anyio import connect_tcp, create_tcp_listener
from anyio.streams.tls import TLSListener

from harness.scenario import scenario
from scenarios.network.greeting import Greeter, be_greeted
from scenarios.network.serving import (
    LOOPBACK,
    Address,
    Handler,
    Operation,
    address_of,
    echo,
    exchange,
    message,
    serving,
)

TIMES = 20


@asynccontextmanager
async def tls_server(handle: Handler) -> AsyncIterator[tuple[Address, ssl.SSLContext]]:
    """A TLS server on loopback: where it is, and the context of a client that trusts it and nobody else."""
    import trustme

    authority = trustme.CA()
    theirs = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(LOOPBACK).configure_cert(theirs)
    ours = ssl.create_default_context()
    authority.configure_trust(ours)
    listener = await create_tcp_listener(local_host=LOOPBACK)
    async with serving(TLSListener(listener, theirs), handle):
        yield address_of(listener), ours


@scenario(params={"size": [1024]}, returns=TIMES, tags=["echo", "tls"], needs=["trustme"])
@asynccontextmanager
async def tls_echo(size: int) -> AsyncIterator[Operation]:
    """One client sends a message and waits for its echo, twenty times, all of it encrypted.

    One iteration is 20 round trips on one open connection. Beside `tcp_echo:size=1024` it isolates what
    encryption adds. AnyIO encrypts in Python over OpenSSL's memory buffers, the same code on every loop:
    uvloop's own TLS is not used, and so it does not show what that could save.
    """
    sent = message(size)
    async with (
        tls_server(echo) as (address, context),
        await connect_tcp(*address, ssl_context=context) as client,
    ):

        async def round_trips() -> int:
            return await exchange(client, sent, TIMES)

        await round_trips()  # off the clock: the server has accepted its clients
        yield round_trips


@scenario(returns=True, tags=["tls"], needs=["trustme"])
@asynccontextmanager
async def tls_handshake() -> AsyncIterator[Operation]:
    """A connection is opened, agrees on keys, carries a greeting, and is closed on both sides.

    One iteration is one connection. Beside `tcp_churn` it isolates what TLS adds to a new connection; most of
    that is OpenSSL computing, which all loops share. It does not show sessions that are resumed.
    """
    greeter = Greeter()
    async with tls_server(greeter.greet) as (address, context):

        async def handshake() -> bool:
            right = await be_greeted(await connect_tcp(*address, ssl_context=context))
            await greeter.has_greeted(1)
            return right

        await handshake()  # off the clock: the server has accepted its clients
        yield handshake
