"""Refusals: what a person can be told no for. Each class is one text (`key`) in every language, with a next step.

Refused
├── NotAllowed, NotDeclared        authority
├── ClaimRefused, NotEnrolled, EnrolmentOver
├── CodeWrong, CodeLocked          the second factor
├── NameRefused (…)  NumberRefused (…)  SecretRefused: PinRefused (…), PasswordRefused (…)
├── WhenRefused (…)                a time that was typed
├── NotOffered, NothingToDo, NobodyChosen, NoTerminal, TooMany, UserBusy
├── RequestOver, NotWaiting, NotUndoable, ChangedSince
├── GuidedNow, StepsLeft, CaseOver a person at the till
├── BackupRefused (…)              a file that was sent to be restored
└── TillUnreachable, TillRefused   the point-of-sale system
"""

from datetime import datetime
from typing import ClassVar

from changes.backend import Refusal

Fact = str | int | datetime


class Refused(Exception):
    """A refusal that a person is told. `facts` are the variables of its text."""

    key: ClassVar[str]

    def __init__(self, **facts: Fact) -> None:
        super().__init__(self.key, *facts.values())
        self.facts = facts


class NotAllowed(Refused):
    """The person may not do this here. Says nothing of the shop."""

    key = "refused-not-allowed"


class NotDeclared(NotAllowed):
    """The use case declares no action: nobody may use it."""


class ClaimRefused(Refused):
    """The claim is wrong, used or expired; which of them is not told."""

    key = "refused-claim"


class NotEnrolled(Refused):
    """The person has no confirmed authenticator yet."""

    key = "refused-not-enrolled"


class EnrolmentOver(Refused):
    """The key that was shown is no longer waiting for its first code."""

    key = "refused-enrolment-over"


class CodeWrong(Refused):
    """The code does not confirm this request: mistyped, spent, too old or for another request."""

    key = "refused-code-wrong"

    def __init__(self, tries_left: int) -> None:
        super().__init__(tries=tries_left)


class CodeLocked(Refused):
    """Too many wrong codes: none is looked at before `until`."""

    key = "refused-code-locked"

    def __init__(self, until: datetime) -> None:
        super().__init__(until=until)
        self.until = until


class CodeLockedForGood(Refused):
    """So many wrong codes that only a new enrolment helps."""

    key = "refused-code-locked-for-good"


class NameRefused(Refused):
    """The new name cannot be used."""


class NameEmpty(NameRefused):
    key = "refused-name-empty"


class NameTooLong(NameRefused):
    key = "refused-name-too-long"


class NameInvisible(NameRefused):
    """Control, direction or zero-width characters: the name would not look like what it is."""

    key = "refused-name-invisible"


class SecretRefused(Refused):
    """The new PIN or password cannot be used."""


class NumberRefused(Refused):
    """The operator number cannot be used."""


class NumberNotDigits(NumberRefused):
    key = "refused-number-not-digits"


class NumberForm(NumberRefused):
    key = "refused-number-form"


class NumberReserved(NumberRefused):
    """The system keeps it for itself."""

    key = "refused-number-reserved"


class NumberTaken(NumberRefused):
    key = "refused-number-taken"


class PinRefused(SecretRefused):
    """The new PIN cannot be used."""


class PinNotDigits(PinRefused):
    key = "refused-pin-not-digits"


class PinLength(PinRefused):
    key = "refused-pin-length"


class PinTrivial(PinRefused):
    key = "refused-pin-trivial"


class PasswordRefused(SecretRefused):
    """The new password cannot be used."""


class PasswordLength(PasswordRefused):
    key = "refused-password-length"


class PasswordUnseen(PasswordRefused):
    """Control, direction or zero-width characters: nobody could type it at a till."""

    key = "refused-password-unseen"


class PasswordOwn(PasswordRefused):
    """It is the user's own name or number."""

    key = "refused-password-own"


class WhenRefused(Refused):
    """The time cannot be used."""


class WhenUnreadable(WhenRefused):
    """The words are not known, do not go together, or say an end where a start is asked for."""

    key = "refused-when-unreadable"


class WhenAmbiguous(WhenRefused):
    """People read the words in two ways: 10/12, or next Friday on a Wednesday."""

    key = "refused-when-ambiguous"


class WhenPast(WhenRefused):
    key = "refused-when-past"


class WhenTooSoon(WhenRefused):
    """Less than a minute ahead, or less than a minute after the start."""

    key = "refused-when-too-soon"


class WhenTooFar(WhenRefused):
    key = "refused-when-too-far"


class WhenBeforeStart(WhenRefused):
    """The end does not lie after the start."""

    key = "refused-when-before-start"


class NotOffered(Refused):
    """The shop's till cannot do this kind of change."""

    key = "refused-not-offered"


class NoTerminal(Refused):
    """A user who is to work at no terminal."""

    key = "refused-no-terminal"


class NothingToDo(Refused):
    """The user is already as asked."""

    key = "refused-nothing-to-do"


class NotUndoable(Refused):
    """The entry is of no change that the till took, so there is nothing to undo."""

    key = "refused-not-undoable"


class ChangedSince(Refused):
    """The user is no longer as the change left them."""

    key = "refused-changed-since"


class NobodyChosen(Refused):
    """A change of many, of whom nobody is ticked."""

    key = "refused-nobody-chosen"


class TooMany(Refused):
    """More users than one code may change."""

    key = "refused-too-many"


class NotWaiting(Refused):
    """The change does not wait any more: it has begun, or is over."""

    key = "refused-not-waiting"


class UserBusy(Refused):
    """Another change of this user is not finished yet."""

    key = "refused-user-busy"


class GuidedNow(Refused):
    """A person has to be at the till for it: it can neither wait nor end by itself."""

    key = "refused-guided-now"


class StepsLeft(Refused):
    """A guided change is done only when each of its steps is ticked."""

    key = "refused-steps-left"


class CaseOver(Refused):
    """The steps at the till are over: somebody said how it went, or the time for it has passed."""

    key = "refused-case-over"


class RequestOver(Refused):
    """The request is no longer waiting for a code: expired, cancelled, replaced or already confirmed."""

    key = "refused-request-over"


class BackupRefused(Refused):
    """The file cannot be restored here."""


class BackupTooLarge(BackupRefused):
    """Larger than any backup that the bot makes."""

    key = "refused-backup-too-large"


class BackupUnreadable(BackupRefused):
    """No backup of the bot's."""

    key = "refused-backup-unreadable"


class BackupNewer(BackupRefused):
    """Of a format that this release does not know."""

    key = "refused-backup-newer"


class BackupLocked(BackupRefused):
    """The passphrase is wrong, or the file was changed: nobody can tell which."""

    key = "refused-backup-locked"


class BackupOfAnother(BackupRefused):
    """The file is of another shop."""

    key = "refused-backup-of-another"


class BackupSame(BackupRefused):
    """The till is as in the file."""

    key = "refused-backup-same"


class TillUnreachable(Refused):
    """The till could not be asked; nothing was changed."""

    key = "refused-till-unreachable"


class TillRefused(Refused):
    """The till answered no to a question."""

    key = "refused-till"

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason=reason.value)
        self.reason = reason
