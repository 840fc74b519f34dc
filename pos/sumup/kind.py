"""How a shop is added with SumUp."""

import re
from typing import TYPE_CHECKING

from changes.backend import BackendError, BackendRefused, Refusal
from pos import options as read
from pos.extras import of_extra
from pos.http import NoRights, base_of
from pos.kind import Kind, Options
from pos.options import BadOption

if TYPE_CHECKING:
    from pos.sumup.backend import SumUpBackend

_OPTIONS = frozenset({"url", "key", "merchant", "domain", "terminal", "plain", "timeout"})
_PRODUCTION = "https://api.sumup.com"

_MERCHANT = re.compile(r"[A-Za-z0-9]{1,32}")
_DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")


def _open(options: Options) -> "SumUpBackend":
    """Options: the secret `key`; `merchant`, the account's code; `domain`, what stands after the @ of those who are
    added; `terminal`, a name for all devices; `url`, where it is not SumUp's own; `plain=yes`; `timeout`, seconds (10).
    """
    read.check_known("sumup", options, _OPTIONS)
    merchant, domain = options.get("merchant", ""), options.get("domain", "")
    if not _MERCHANT.fullmatch(merchant):
        raise BadOption("sumup needs merchant: the account's code, like M2DDT39A")
    if domain and not _DOMAIN.fullmatch(domain):
        raise BadOption("sumup: domain must be like till.example.com")
    base = base_of(options.get("url") or _PRODUCTION, plain=options.get("plain") == "yes")
    key, timeout = read.key("sumup", options, "key"), read.seconds(options, "timeout", 10)
    with of_extra("sumup"):
        from pos.sumup.backend import SumUpBackend
    return SumUpBackend(
        base, key, merchant, terminal=options.get("terminal") or "All devices", domain=domain, timeout=timeout
    )


async def _prepare(options: Options) -> None:
    """Tries the key. Raises `BadOption` with what is wrong."""
    backend = _open(options)
    try:
        await backend.reached()
    except NoRights as no:
        raise BadOption(f"sumup: the server does not take this key ({no.status})") from no
    except BackendRefused as no:
        if no.reason is not Refusal.TERMINAL_GONE:
            raise BadOption(f"sumup: the server refuses: {no.detail}") from no
        raise BadOption("sumup: this key knows no such merchant account") from no
    except BackendError as error:
        raise BadOption(f"sumup: the server does not answer as it should: {error}") from error
    finally:
        await backend.close()


SUMUP = Kind(_open, _prepare, secrets=("key",))
