"""How Telegram says no. Codes and wording follow Telegram's own server, github.com/tdlib/telegram-bot-api."""


class Refused(Exception):
    """The answer to a call Telegram does not carry out."""

    def __init__(self, code: int, description: str, retry_after: int | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        #: Seconds to wait before the next try, where Telegram says so.
        self.retry_after = retry_after


def bad_request(why: str) -> Refused:
    return Refused(400, f"Bad Request: {why}")


def forbidden(why: str) -> Refused:
    return Refused(403, f"Forbidden: {why}")


def too_many_requests(retry_after: int) -> Refused:
    return Refused(429, f"Too Many Requests: retry after {retry_after}", retry_after)


def conflict(why: str) -> Refused:
    return Refused(409, f"Conflict: {why}")


UNAUTHORIZED = Refused(401, "Unauthorized")
NOT_FOUND = Refused(404, "Not Found")
