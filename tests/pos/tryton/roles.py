"""Run by `trytond-console`: a shop's three roles, each with a group of its own."""

Group, Role = pool.get("res.group"), pool.get("res.role")  # type: ignore[name-defined]  # noqa: F821 the console's
for name in ("cashier", "supervisor", "manager"):
    (group,) = Group.create([{"name": f"till {name}"}])
    Role.create([{"name": name, "groups": [("add", [group.id])]}])
transaction.commit()  # type: ignore[name-defined]  # noqa: F821 the console's
