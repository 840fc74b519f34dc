"""The shops' tills, each opened once and kept while its options stay as they are."""

import asyncio
from dataclasses import dataclass

from changes.backend import Backend, NotReached
from changes.ports import Store
from pos.registry import BadOption, open_backend
from storage.vault import VaultError

#: Seconds for which a shop's options are taken to be the same: another process may edit them or remove the shop.
FRESH = 5.0


@dataclass(slots=True)
class _Open:
    backend: Backend
    options: dict[str, str]
    #: On the loop's clock.
    looked_at: float


class OpenTills:
    """Fulfils `changes.ports.Tills`."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._open: dict[int, _Open] = {}
        #: Reached another way by now. A call may still be under way with them, so they are closed with the rest.
        self._left: list[Backend] = []
        self._opening = asyncio.Lock()

    async def of(self, shop_id: int) -> Backend:
        """Raises `NotReached` where the shop stands no more, or its options no longer open a till."""
        if not self._is_fresh(shop_id):
            async with self._opening:
                if not self._is_fresh(shop_id):
                    await self._look(shop_id)
        return self._open[shop_id].backend

    def _is_fresh(self, shop_id: int) -> bool:
        now = asyncio.get_running_loop().time()
        return shop_id in self._open and now - self._open[shop_id].looked_at < FRESH

    async def _look(self, shop_id: int) -> None:
        """Open the till where it is not open, or is reached in another way than it was."""
        looked_at = asyncio.get_running_loop().time()
        kind, options = await self._options(shop_id)
        known = self._open.get(shop_id)
        if known is not None and known.options == options:
            known.looked_at = looked_at
            return
        try:
            backend = open_backend(kind, options)
        except BadOption as bad:
            raise NotReached(str(bad)) from bad
        if known is not None:
            self._left.append(known.backend)
        self._open[shop_id] = _Open(backend, options, looked_at)

    async def _options(self, shop_id: int) -> tuple[str, dict[str, str]]:
        async with self._store.read() as tx:
            shop = await tx.shops.get(shop_id)
            if shop is None or shop.removed_at is not None:
                raise NotReached(f"no shop {shop_id}")
            try:
                return shop.backend, await tx.shops.options(shop_id)
            except VaultError as unreadable:
                raise NotReached(f"no key opens the options of shop {shop_id}") from unreadable

    async def close(self) -> None:
        while self._open:
            _, till = self._open.popitem()
            await till.backend.close()
        while self._left:
            await self._left.pop().close()
