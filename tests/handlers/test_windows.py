"""Every window, in every language, held to Telegram's limits as it is shown (`tests.handlers.chat`)."""

from collections.abc import Callable
from typing import Any

import pytest
from aiogram.fsm.state import State

from handlers.routers import all_routers
from locales import LANGUAGES, Texts
from tests.handlers.bench import Bench
from tests.handlers.dialogs import dialogs, states, widget_ids
from tests.handlers.ways import WAYS, someone_in


def test_every_state_has_a_window_and_a_way_to_it() -> None:
    with_window = {state for dialog in dialogs(all_routers()) for state in dialog.windows}
    assert with_window == states() == set(WAYS)


def test_widget_ids_are_unique_in_a_dialog() -> None:
    """A late tap on an old window must not press a button of the new one."""
    for dialog in dialogs(all_routers()):
        found = widget_ids(dialog)
        assert len(found) == len(set(found)), sorted(found)


@pytest.mark.parametrize("locale", LANGUAGES)
@pytest.mark.parametrize("state", WAYS, ids=lambda state: state.state)
async def test_every_window_is_shown_in_every_language(
    bench: Bench, state: State, locale: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoken: list[str] = []
    monkeypatch.setattr(Texts, "_format", _noting(Texts._format, spoken))
    person = await someone_in(bench, state, locale)
    assert person.window().text
    assert set(spoken) == {locale}


def _noting(original: Callable[..., str], spoken: list[str]) -> Callable[..., str]:
    def noting(self: Texts, key: str, values: dict[str, Any]) -> str:
        spoken.append(self.locale)
        return original(self, key, values)

    return noting
