"""All routers, in the order in which they are asked."""

from aiogram import Router

from handlers.errors import make_errors
from handlers.owner.adding.dialog import make_adding
from handlers.owner.audit.dialog import make_audit
from handlers.owner.backup.dialog import make_backup
from handlers.owner.buttons import make_buttons
from handlers.owner.change.dialog import make_change
from handlers.owner.commands import make_commands
from handlers.owner.enrol.dialog import make_enrol
from handlers.owner.many.dialog import make_many
from handlers.owner.menu.dialog import make_menu
from handlers.owner.stray import make_stray
from handlers.owner.waiting.dialog import make_waiting


def all_routers() -> tuple[Router, ...]:
    """Made anew for each dispatcher: a router belongs to one. Commands and fixed buttons go first."""
    first = (make_errors(), make_commands(), make_buttons())
    changes = (make_change(), make_adding(), make_many(), make_waiting())
    return (*first, make_menu(), make_enrol(), *changes, make_audit(), make_backup(), make_stray())
