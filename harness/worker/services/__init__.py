"""The two processes of a service's rounds, and the client that checks it.

A worker that serves, and the driver that asks it from another CPU. The driver runs no event loop: it has
sockets and a selector, so that no loop under test has a part in it.
"""
