"""Run by `trytond-console -c trytond.conf -d DATABASE -f tryton_account.py`: makes the account for the bot.

Its password is printed once. Run again, it gives the account a new password and the rights below, and nothing else.
"""

import json
import secrets

#: The roles of the till, as they are called in Tryton.
ROLES = ("cashier", "supervisor", "manager")
LOGIN = NAME = "tillkeeper"

#: By model: may create, write, delete.
ACCESS = {"res.user": (True, True, False), "res.user.role": (True, True, True)}

#: What would make an administrator.
FORBIDDEN_FIELDS = ("administrator", "groups")

#: Whom the account may change. Tryton lays a group's rule on administrators too: they are let through.
RULES = {
    "res.user": [["administrator", "=", False], ["roles.role.name", "in", ROLES]],
    "res.user.role": [["user.administrator", "=", False], ["role.name", "in", ROLES]],
}

_ADMINISTRATOR = {"__class__": "Eval", "v": "is_administrator", "d": False}


def model(name):
    return pool.get(name)  # noqa: F821 the console's


def anew(name, about, values):
    """One record for all that were there about the same."""
    records = model(name)
    records.delete(records.search(about))
    records.create([values])


def group():
    found = model("res.group").search([("name", "=", NAME)])
    return (found or model("res.group").create([{"name": NAME}]))[0].id


def give_rights(to):
    for name, (create, write, delete) in ACCESS.items():
        rights = {"perm_read": True, "perm_create": create, "perm_write": write, "perm_delete": delete}
        about = {"model": name, "group": to}
        anew("ir.model.access", [(key, "=", value) for key, value in about.items()], about | rights)
    for field in FORBIDDEN_FIELDS:
        rights = {"perm_read": True, "perm_create": False, "perm_write": False, "perm_delete": False}
        about = {"model": "res.user", "field": field, "group": to}
        anew("ir.model.field.access", [(key, "=", value) for key, value in about.items()], about | rights)
    for name, domain in RULES.items():
        domain = json.dumps({"__class__": "If", "c": _ADMINISTRATOR, "t": [], "e": domain})
        rights = {"perm_read": False, "perm_create": True, "perm_write": True, "perm_delete": True}
        rule = {"global_p": False, "groups": [("add", [to])], "rules": [("create", [{"domain": domain}])]}
        anew(
            "ir.rule.group", [("model", "=", name), ("name", "=", NAME)], {"model": name, "name": NAME} | rights | rule
        )


def give_password(to):
    password = secrets.token_urlsafe(18)
    users = model("res.user")
    found = users.search([("login", "=", LOGIN)])
    if found:
        users.write(found, {"password": password})
    else:
        users.create([{"login": LOGIN, "name": NAME, "password": password, "groups": [("add", [to])]}])
    return password


to = group()
give_rights(to)
password = give_password(to)
transaction.commit()  # noqa: F821 the console's
print(f"{LOGIN}: {password}")  # noqa: T201 the only place it is ever shown
