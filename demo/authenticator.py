"""An authenticator app of one's own per person: scans a QR code, keeps the accounts, shows the running codes."""

import binascii
import io
import secrets

import pyotp
from PIL import Image
from pydantic import BaseModel

from demo.hub import News
from demo.model import Json, Person
from demo.state import State

LABEL_LONGEST = 100
#: RFC 4226 asks for 128 bits at least; a key to try things with may be shorter, but not empty.
KEY_SHORTEST_BYTES = 10


class Unusable(Exception):
    """Nothing an authenticator could take. The argument says why, as a word for programs."""


class Account(BaseModel):
    """One account: what a QR code of an otpauth address holds."""

    id: str
    issuer: str
    label: str
    secret: str
    period: int = 30
    digits: int = 6


class Authenticator:
    """The accounts of one person, kept in the state's notes."""

    def __init__(self, state: State, person: Person) -> None:
        self._state = state
        self._person = person
        self._key = f"authenticator:{person.id}"

    @property
    def accounts(self) -> list[Account]:
        return [Account.model_validate(record) for record in self._state.noted(self._key) or []]

    def view(self) -> list[Json]:
        return [self.account_view(account) for account in self.accounts]

    def account_view(self, account: Account) -> Json:
        """The account with its code of this moment; the key stays here."""
        now = int(self._state.now())
        totp = pyotp.TOTP(account.secret, digits=account.digits, interval=account.period)
        return {
            "id": account.id,
            "issuer": account.issuer,
            "label": account.label,
            "code": totp.at(now),
            "seconds_left": account.period - now % account.period,
            "period": account.period,
        }

    def type(self, label: str, key: str) -> Account:
        """Take an account by its key in base32, spaces and case as one likes. Raises Unusable."""
        secret = "".join(key.split()).replace("-", "").upper().rstrip("=")
        label = label.strip()
        if not 0 < len(label) <= LABEL_LONGEST:
            raise Unusable("label")
        if not is_key(secret):
            raise Unusable("key")
        return self.add(Account(id=new_id(), issuer="", label=label, secret=secret))

    def remove(self, account_id: str) -> None:
        """Raises Unusable where there is no such account."""
        kept = [account for account in self.accounts if account.id != account_id]
        if len(kept) == len(self.accounts):
            raise Unusable("unknown")
        self._keep(kept)

    def add(self, account: Account) -> Account:
        """Take an account. A key that is here already stays one account."""
        same = [some for some in self.accounts if some.secret != account.secret]
        self._keep([*same, account])
        return account

    def _keep(self, accounts: list[Account]) -> None:
        self._state.note(self._key, [account.model_dump() for account in accounts])
        self._state.hub.tell(News("authenticator", body={"person_id": self._person.id}))


def new_id() -> str:
    return secrets.token_hex(8)


def read_otpauth(picture: bytes) -> Account:
    """The account in the first QR code that holds one. Raises Unusable("no-qr"). Takes tens of milliseconds."""
    # Only a process that scans loads the scanner, a library in C++.
    import zxingcpp

    with Image.open(io.BytesIO(picture)) as opened:
        found = zxingcpp.read_barcodes(opened.convert("L"))
    for barcode in found:
        account = parse_otpauth(barcode.text)
        if account is not None:
            return account
    raise Unusable("no-qr")


def parse_otpauth(address: str) -> Account | None:
    """The account of an `otpauth://totp/` address, SHA-1 as every app reads it; None for anything else."""
    try:
        otp = pyotp.parse_uri(address)
    except ValueError:
        return None
    if not isinstance(otp, pyotp.TOTP) or not is_key(otp.secret) or otp.interval <= 0:
        return None
    return Account(
        id=new_id(),
        issuer=otp.issuer or "",
        label=otp.name or "",
        secret=otp.secret,
        period=otp.interval,
        digits=otp.digits,
    )


def is_key(secret: str) -> bool:
    try:
        return len(pyotp.TOTP(secret).byte_secret()) >= KEY_SHORTEST_BYTES
    except (binascii.Error, ValueError):
        return False
