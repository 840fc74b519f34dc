"""What many notifications come to."""

import asyncio

from bot.wake import Calm


async def test_a_call_comes_at_once_many_come_as_few_and_the_last_is_not_left_out() -> None:
    loop = asyncio.get_running_loop()
    heard: list[float] = []
    came = asyncio.Event()

    def hear() -> None:
        heard.append(loop.time())
        came.set()

    calm = Calm(hear, 0.1)
    began = last = loop.time()
    calm()
    async with asyncio.timeout(5):
        await came.wait()
    while last < began + 0.35:
        last = loop.time()
        calm()
        await asyncio.sleep(0)
    async with asyncio.timeout(5):
        while heard[-1] < last:
            came.clear()
            await came.wait()
    assert 2 <= len(heard) <= (heard[-1] - began) / 0.1 + 2
