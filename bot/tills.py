"""The shops' tills, each opened once and kept."""

import asyncio

from changes.backend import Backend, NotReached
from changes.ports import Store
from pos.registry import BadOption, open_backend
from storage.vault import VaultError


class OpenTills:
    """Fulfils `changes.ports.Tills`."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._open: dict[int, Backend] = {}
        self._opening = asyncio.Lock()

    async def of(self, shop_id: int) -> Backend:
        """Raises `NotReached` where the shop's options no longer open a till."""
        if shop_id not in self._open:
            async with self._opening:
                if shop_id not in self._open:
                    self._open[shop_id] = await self._opened(shop_id)
        return self._open[shop_id]

    async def _opened(self, shop_id: int) -> Backend:
        async with self._store.read() as tx:
            shop = await tx.shops.get(shop_id)
            if shop is None:
                raise NotReached(f"no shop {shop_id}")
            try:
                options = await tx.shops.options(shop_id)
            except VaultError as unreadable:
                raise NotReached(f"no key opens the options of shop {shop_id}") from unreadable
        try:
            return open_backend(shop.backend, options)
        except BadOption as bad:
            raise NotReached(str(bad)) from bad

    async def close(self) -> None:
        while self._open:
            _, till = self._open.popitem()
            await till.close()
