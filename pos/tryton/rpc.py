"""Tryton's JSON-RPC: a session that is opened once and renewed when it ends, and errors in the words of the protocol.

Tryton answers an error of its own with status 200 and rolls the transaction back. Its messages are asked for in
English, which every database has, because they alone tell one `UserError` from another.
"""

import asyncio
import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from changes.backend import AnswerLost, BackendError, BackendRefused, NotReached, Refusal
from pos.http import Answer, Http, NoRights

_ENGLISH = "en"

#: How a message begins, or what stands in it, and what it means (trytond 8.2, `res/message.xml`, `ir/message.xml`).
_MEANINGS = (
    ("The password must have at least", Refusal.SECRET_SHORT),
    ("The password", Refusal.SECRET_WEAK),
    ("two users with the same login", Refusal.DUPLICATE_NUMBER),
    ("You are not allowed to modify the field", Refusal.FROZEN),
    ("You are not allowed", Refusal.ACCOUNT),
    ("don't exist", Refusal.USER_GONE),
)


#: The id of its user, and its key.
Session = tuple[int, str]


@dataclass(slots=True)
class Account:
    """Who asks, and the session that is open, if one is: Tryton hashes a password for long, and keeps a session for
    30 days unless it is configured otherwise.
    """

    login: str
    password: str = field(repr=False)
    session: Session | None = field(default=None, repr=False)


class Rpc:
    """Of one database. Where the session has ended a question is three calls, each of at most `timeout` seconds."""

    def __init__(self, base: str, database: str, account: Account, timeout: float) -> None:
        self._http = Http(base, {"Content-Type": "application/json", "Accept": "application/json"}, timeout)
        self._path = f"/{quote(database, safe='')}/rpc/"
        self._account = account
        self._opening = asyncio.Lock()

    async def user_id(self) -> int:
        """The account's own id. Raises `NotReached` or `BackendRefused(ACCOUNT)`."""
        return (await self._open())[0]

    async def ask(self, method: str, *params: Any, **context: Any) -> Any:
        """What changes nothing. Raises `NotReached` or `BackendRefused`."""
        return await self._called(method, params, context, NotReached)

    async def order(self, method: str, *params: Any, **context: Any) -> Any:
        """What changes something. Raises `NotReached`, `AnswerLost` or `BackendRefused`."""
        return await self._called(method, params, context, AnswerLost)

    async def opens(self, login: str, password: str) -> bool | None:
        """Whether the password is this user's; None where a password alone does not tell.

        Asked with HTTP Basic, which opens no session. A wrong one counts as a failed sign-in of the user.
        Raises `NotReached`, also where Tryton holds off who failed too often.
        """
        if ":" in login:
            return None
        known = base64.b64encode(f"{login}:{password}".encode()).decode()
        body = _body("model.res.user.get_preferences", [True], {})
        try:
            answer = await self._http.query(self._path, body, {"Authorization": f"Basic {known}"})
        except NoRights as no:
            return False if no.status == 401 else None
        return True if isinstance(answer.body, Mapping) and "result" in answer.body else None

    async def close(self) -> None:
        await self._http.close()

    async def _called(
        self, method: str, params: tuple[Any, ...], context: Mapping[str, Any], late: type[BackendError]
    ) -> Any:
        body = _body(method, [*params], context)
        session = await self._open()
        try:
            answer = await self._post(body, session, late)
        except NoRights as no:
            if no.status != 401:
                raise
            # The session ended before anything was done: with a new one the same is asked once more.
            answer = await self._post(body, await self._open(instead_of=session), late)
        return _result(answer, late)

    async def _post(self, body: Mapping[str, Any], session: Session, late: type[BackendError]) -> Answer:
        known = base64.b64encode(f"{self._account.login}:{session[0]}:{session[1]}".encode()).decode()
        headers = {"Authorization": f"Session {known}"}
        if late is NotReached:
            return await self._http.query(self._path, body, headers)
        return await self._http.order("POST", self._path, body, headers)

    async def _open(self, instead_of: Session | None = None) -> Session:
        """The session that is open; a new one where there is none or only the one that has ended."""
        async with self._opening:
            if self._account.session is None or self._account.session == instead_of:
                self._account.session = await self._signed_in()
            return self._account.session

    async def _signed_in(self) -> Session:
        params = [self._account.login, {"password": self._account.password}, _ENGLISH]
        answer = await self._http.query(self._path, {"id": 0, "method": "common.db.login", "params": params})
        match _result(answer, NotReached):
            case [int(user_id), str(key), *_]:
                return user_id, key
        raise NotReached("no session")


def _body(method: str, params: list[Any], context: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": 0, "method": method, "params": [*params, {**context, "language": _ENGLISH}]}


def _result(answer: Answer, late: type[BackendError]) -> Any:
    """Raises `BackendError` for an error, and for what is no answer of Tryton's."""
    if answer.status == 404:
        raise NotReached("no such database there")
    if answer.status >= 400:
        raise BackendRefused(Refusal.OTHER, str(answer.status))
    if not isinstance(answer.body, Mapping):
        raise late("no Tryton answer")
    if "error" in answer.body:
        raise _failure(answer.body["error"], late)
    if "result" not in answer.body:
        raise late("no Tryton answer")
    return answer.body["result"]


def _failure(error: Any, late: type[BackendError]) -> BackendError:
    """Tryton's own exceptions say for certain that nothing was done; any other may have come after the commit."""
    match error:
        case ["ConcurrencyException", *_]:
            return BackendRefused(Refusal.STALE_VERSION)
        case ["UserError", [str(message), *_]]:
            return BackendRefused(meaning(message))
        case ["LoginException", *_]:
            return BackendRefused(Refusal.ACCOUNT, "a password is not enough")
        case ["UserWarning", *_]:
            return BackendRefused(Refusal.OTHER, "a warning that a person has to confirm")
    # The rest of it is the server's trace, which may hold anything.
    return late("an error at the server")


def meaning(message: str) -> Refusal:
    """What a `UserError` says in English."""
    return next((refusal for part, refusal in _MEANINGS if part in message), Refusal.OTHER)
