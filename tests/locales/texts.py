"""The Fluent files themselves."""

import re
from pathlib import Path

from fluent.syntax import FluentParser, FluentSerializer, ast
from fluent.syntax.visitor import Visitor

from locales import LANGUAGES

FOLDER = Path(__file__).parents[2] / "locales"

TAG = re.compile(r"</?([a-z-]+)[^>]*>")

#: Tags that our texts may use; Telegram knows more.
ALLOWED_TAGS = {"b", "code"}


class _Variables(Visitor):
    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_VariableReference(self, node: ast.VariableReference) -> None:  # noqa: N802
        self.names.add(node.id.name)


def files(locale: str) -> dict[str, ast.Resource]:
    parser = FluentParser()
    return {file.name: parser.parse(file.read_text("utf-8")) for file in sorted((FOLDER / locale).glob("*.ftl"))}


def messages(locale: str) -> dict[str, ast.Message]:
    return {
        entry.id.name: entry
        for resource in files(locale).values()
        for entry in resource.body
        if isinstance(entry, ast.Message)
    }


def variables(message: ast.Message) -> set[str]:
    visitor = _Variables()
    visitor.visit(message)
    return visitor.names


def source(message: ast.Message) -> str:
    """The message as it stands in its file."""
    return str(FluentSerializer().serialize_entry(message))


def tags(written: str) -> list[str]:
    """The tags of a text, closing ones with a slash; languages may order them differently."""
    return sorted(match.group(0) for match in TAG.finditer(written))


ALL = {locale: messages(locale) for locale in LANGUAGES}
