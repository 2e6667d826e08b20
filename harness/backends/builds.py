"""Which build of Python this is: whether it has threads without a lock, or a compiler at work."""

import platform
import sys
import sysconfig


def implementation() -> str:
    """Return the implementation with what sets its build apart, such as "CPython free-threaded"."""
    build = [
        platform.python_implementation(),
        "free-threaded" if sysconfig.get_config_var("Py_GIL_DISABLED") else "",
        "JIT" if _is_compiling() else "",
        "debug" if hasattr(sys, "gettotalrefcount") else "",
    ]
    return " ".join(filter(None, build))


def _is_compiling() -> bool:
    """Whether CPython's own compiler is at work; before 3.14 it is so wherever it was built in."""
    jit = getattr(sys, "_jit", None)
    if jit is not None:
        return bool(jit.is_enabled())
    return "--enable-experimental-jit" in str(sysconfig.get_config_var("CONFIG_ARGS") or "")
