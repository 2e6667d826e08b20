"""An ASGI application on real servers, asked by a real client over loopback."""

MODULES = ("requests", "websocket")
"""The modules of this family; `application` and `serving` hold what the scenarios share."""

REQUIREMENTS = ("starlette", "anycorn", "hypercorn", "httpx", "httpx-ws", "sniffio")
"""What its scenarios import besides AnyIO; an environment that they run in has it."""
