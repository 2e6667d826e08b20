"""The driver: it asks the services of all arms in turn, and compares every answer byte for byte."""

import gc
from collections.abc import Callable
from functools import partial

from harness.protocol.traffic import Batch, Broken, Driven, Fault, Offer
from harness.worker.channel import Channel
from harness.worker.services.clients import Client
from harness.worker.services.connections import ServiceBroken


def drive(channel: Channel) -> None:
    """Do what the parent orders until it closes the pipe: connect to a service, or ask it a batch."""
    clients: dict[str, Client] = {}
    gc.freeze()
    gc.disable()  # a collection here would be the time of the arm whose turn it is; nothing here is a cycle
    while True:
        match channel.receive():
            case {
                "kind": "connect",
                "message": {"arm": str(arm), "offer": dict(offer), "patience": patience},
            }:
                clients[arm] = client = Client(Offer(**offer).traffic, int(offer["port"]), float(patience))
                _answer(channel, client.connect)
            case {"kind": "batch", "message": dict(order)}:
                batch = Batch(**order)
                _answer(channel, clients[batch.arm].batch_of(batch))
            case {"kind": "crowd", "message": {"arm": str(arm), "connections": int(connections)}}:
                _answer(channel, partial(clients[arm].crowd, connections))
            case {"kind": "disperse", "message": str(arm)}:
                clients[arm].disperse()
                channel.send("dispersed")
            case {"kind": "sketch", "message": str(arm)}:
                channel.send("sketch", clients[arm].latency_sketch())
            case other:
                raise ValueError(f"no such order: {other}")


def _answer(channel: Channel, ask: Callable[[], Driven]) -> None:
    """Send what asking came to, or what is wrong with the service."""
    try:
        channel.send("driven", ask())
    except ServiceBroken as error:
        channel.send("broken", error.broken)
    except OSError as error:
        channel.send("broken", Broken(Fault.CLOSED, f"closed a connection: {error.strerror or error}"))
