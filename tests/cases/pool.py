"""A process pool of the standard library starts a helper once and keeps it: no leak of a loop."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context  # noqa: TID251 - this is what is tried

from anyio import to_thread

from harness.scenario import scenario


def in_a_pool() -> int:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(abs, -3).result()


@scenario(returns=3, cpus=2)
async def pool_in_a_thread() -> int:
    return await to_thread.run_sync(in_a_pool)
