"""Nothing that a person reads stands in `handlers/` or `bot/`.

A literal is a string (or the fixed part of an f-string) that holds a letter of any human language. It must not be an
argument of a call that shows something. `Format` may hold `{…}` of data and symbols; format fields are taken out first.
"""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.locales.sources import trees

#: Calls that show their arguments to a person.
SHOWING = frozenset(
    {
        "answer", "answer_press", "answer_photo", "send_message", "send_photo", "edit_message_text", "edit_text",
        "edit_caption", "reply", "tell", "Const", "Format", "Multi", "InlineKeyboardButton", "BotCommand",
        "set_my_name", "set_my_description", "set_my_short_description",
    }
)  # fmt: skip

#: Keyword arguments that nobody reads.
UNREAD = frozenset({"callback_data", "id", "command", "parse_mode", "when", "url"})
FIELD = re.compile(r"\{[^{}]*\}")


def shown_literals(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) in SHOWING:
            read = [*node.args, *(keyword.value for keyword in node.keywords if keyword.arg not in UNREAD)]
            for argument in read:
                yield from (text for text in _fixed(argument) if any(map(str.isalpha, FIELD.sub("", text))))


def _name(called: ast.expr) -> str:
    match called:
        case ast.Name(name) | ast.Attribute(attr=name):
            return name
    return ""


def _fixed(argument: ast.expr) -> Iterator[str]:
    """The strings of an argument; those inside other calls (a key of `texts.html`, say) are those calls' own."""
    match argument:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values) | ast.Tuple(values) | ast.List(values) | ast.BoolOp(values=values):
            for value in values:
                yield from _fixed(value)
        case ast.BinOp(left, _, right) | ast.IfExp(_, left, right):
            yield from _fixed(left)
            yield from _fixed(right)


def test_no_text_stands_in_the_source() -> None:
    found = [(name, text) for name, tree in trees("handlers", "bot") for text in shown_literals(tree)]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "await message.answer('Hello')",
        "await message.answer(f'{x} users')",
        "Window(Const('Hi'))",
        "Format('你好 {name}')",
        "await bot.send_message(1, text=('a' if x else 'b'))",
        "InlineKeyboardButton(text='Menu', callback_data='menu')",
        "await callback.answer('✅ ' + 'done')",
    ],
)
def test_a_literal_would_be_found(source: str) -> None:
    assert list(shown_literals(ast.parse(source)))


@pytest.mark.parametrize(
    "source",
    [
        "Format('🖥 {item[1]}')",
        "await message.answer(texts.html('claimed'))",
        "InlineKeyboardButton(text=texts.plain('home'), callback_data='menu')",
        "Format('{current_page1} / {pages}')",
    ],
)
def test_keys_symbols_and_data_are_none(source: str) -> None:
    assert not list(shown_literals(ast.parse(source)))
