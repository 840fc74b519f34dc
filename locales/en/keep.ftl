# What was changed at the till and not through the bot.
drift-head =
    👀 <b>Changed at the till, not through me</b>
    I last looked at { $since }; that is when it was still otherwise.
drift-blind = 🙈 Since { $since } I could not look at the till, so I cannot tell whether users were changed there. I go on trying.
drift-user = <b>{ $name }</b> ({ $number }) · 🖥 { $terminal }
drift-added = ➕ { $user }: a new user, { $after }
drift-removed = ➖ { $user }: removed, was { $before }
drift-renamed = ✏️ { $user }: name { $before } → <b>{ $after }</b>
drift-number = 🔢 { $user }: operator number { $before } → <b>{ $after }</b>
drift-role = 🎖 { $user }: { $before } → <b>{ $after }</b>
drift-frozen = ❄️ { $user }: frozen
drift-unfrozen = ☀️ { $user }: unfrozen
drift-permissions = 🗝 { $user }: permissions { $before } → <b>{ $after }</b>
drift-terminals = 🖥 { $user }: terminals { $before } → <b>{ $after }</b>
drift-more = … and { $count } more
drift-what-now = If nobody of yours did it, open the user below and freeze them.
drift-open = 👤 { $name } ({ $number })
