# Changing a terminal user.
role-cashier = Cashier
role-supervisor = Supervisor
role-manager = Manager
status-active = Active
status-frozen = Frozen
signed-in = signed in now

change-terminal =
    <b>Which terminal?</b>
change-no-terminals = The till lists no terminals.
change-user =
    🖥 <b>{ $terminal }</b>

    <b>Which user?</b> Press one, or type a part of the name or operator number to search.
change-user-search = 🔎 “{ $search }”
change-user-count =
    { $total ->
        [0] Nobody found.
        [one] One user.
       *[other] { $total } users.
    }
change-search-clear = ✖ Clear the search
change-what =
    🖥 { $terminal }
    👤 <b>{ $name }</b> · No. { $number }
    { $role } · { $status }

    <b>What should change?</b>
change-kind-rename = ✏️ Name
change-kind-pin = 🔢 New PIN
change-kind-password = 🔑 New password
change-kind-role = 🎖 Role
change-kind-freeze = ❄️ Freeze
change-kind-unfreeze = ☀️ Unfreeze
change-kind-permissions = 🗝 Permissions
change-kind-assign = 🖥 Terminals
change-kind-add = ➕ Add a user
change-kind-remove = 🗑 Remove
ticks-done = 👀 Check
change-name =
    👤 <b>{ $name }</b> · No. { $number }

    <b>Type the new name.</b> At most { $longest } characters.
change-pin =
    👤 <b>{ $name }</b> · No. { $number }

    <b>Who makes the new PIN?</b>
    A PIN that I make is random. I show it to you once, after the till has taken it.
change-pin-make = 🎲 Make one for me
change-pin-type = ⌨️ I type one
change-pin-typed =
    👤 <b>{ $name }</b> · No. { $number }

    <b>Type the new PIN</b>, { $shortest } to { $longest } digits. I delete your message at once.
change-password =
    👤 <b>{ $name }</b> · No. { $number }

    <b>Who makes the new password?</b>
    A password that I make is random. I show it to you once, after the till has taken it.
change-password-typed =
    👤 <b>{ $name }</b> · No. { $number }

    <b>Type the new password</b>, { $shortest } to { $longest } characters. I delete your message at once.
change-pin-at-till =
    👤 <b>{ $name }</b> · No. { $number }

    <b>The new one is typed at the till</b>, by whoever will use it. I am not told it, and neither need you be.
change-pin-go-on = 👀 Check
permissions-ask =
    👤 <b>{ $name }</b> · No. { $number }
    { $role }

    <b>What may the user do?</b> { $chosen } ticked. Press one to tick or untick it; nothing changes before your code.
places-ask =
    👤 <b>{ $name }</b> · No. { $number }

    <b>At which terminals may the user work?</b> { $chosen } ticked. Press one to tick or untick it.
change-role =
    👤 <b>{ $name }</b> · No. { $number }
    Now: { $role }

    <b>Which role?</b>
change-role-current = { $role } (now)

preview =
    <b>Please check</b>

    🏪 { $shop }
    🖥 { $terminal }
    👤 <b>{ $name }</b> · No. { $number }

    { $change }
preview-expires = I wait for your code until { $time }, shop time.
preview-confirm = 🔑 Confirm with a code
preview-now = ⏰ When: now
preview-at = ⏰ When: <b>{ $when }</b>, shop time
preview-for-good = ⌛ Until: for good
preview-until = ⌛ Until: <b>{ $when }</b>, shop time; then back by itself
preview-to-when = ⏰ When…
preview-to-until = ⌛ Until…
preview-force-off = ⬜ End the session now
preview-force-on = ☑️ End the session now
preview-force-later-off = ⬜ End their session then
preview-force-later-on = ☑️ End their session then
when-ask =
    ⏰ <b>When shall it be done?</b>
    Press one, or type it: at 22:00 · tomorrow 8am · Monday 08:00 · in 2 hours · 24 Dec 18:00

    In the shop it is { $now }.
when-now = ▶️ Now
until-ask =
    ⌛ <b>Until when?</b> Then it ends by itself.
    Press one, or type it: until Monday 08:00 · for 3 days · for 90 minutes · until 24 Dec 18:00

    In the shop it is { $now }.
until-for-good = ♾ For good
quick-tonight = Tonight { $time }
quick-tomorrow = Tomorrow { $time }
quick-monday = Monday { $date } { $time }
quick-hour = 1 hour, until { $date } { $time }
quick-three-days = 3 days, until { $date } { $time }

change-line-rename = Name: { $before } → <b>{ $after }</b>
change-line-role = Role: { $before } → <b>{ $after }</b>
change-line-freeze = Status: { $before } → <b>{ $after }</b>
change-line-unfreeze = Status: { $before } → <b>{ $after }</b>
change-line-permissions = Permissions: { $before } → <b>{ $after }</b>
change-line-assign = Terminals: { $before } → <b>{ $after }</b>
change-line-add = <b>New user</b>: { $after }
change-line-add-instead = <b>New user</b>: { $after }, in place of { $instead }
change-line-remove = <b>The user is removed from the till</b>
permission-sale-take = take payments
permission-sale-void = void a sale
permission-refund-issue = give refunds
permission-preauth-use = use pre-authorisation
permission-discount-apply = give discounts
permission-price-override = change prices
permission-drawer-open = open the drawer
permission-report-view = see reports
permission-settlement-run = run the settlement
permission-users-manage = manage users
permission-settings-manage = change settings
nothing = none
change-line-pin = PIN: •••• → <b>new PIN</b>
change-line-pin-made = PIN: •••• → <b>new PIN</b>, made by me
change-line-password = Password: •••• → <b>new password</b>
change-line-password-made = Password: •••• → <b>new password</b>, made by me
change-line-at-till = PIN or password: •••• → <b>a new one, typed at the till</b>
preview-emulated = ☑️ What really happens here: { $really }.

caution-last-supervisor = ⚠️ This is the last active supervisor or manager on this terminal. After the change nobody there could help a stuck cashier.
caution-last-manager = ⚠️ This is the last active manager on this terminal. After the change only supervisors are left there.
caution-more-rights = ⚠️ This gives the user more rights than before.
caution-signed-in = ⚠️ The user is signed in at the terminal. The till refuses this unless their session is ended.
caution-signed-in-then = ⚠️ If the user is signed in at that time, the till refuses this unless their session is ended.
caution-session-ends = ⚠️ Who hands over is signed in at the terminal: their session ends.
caution-same-name = ⚠️ Another user of this terminal has the same name.
caution-still-frozen = ⚠️ The user is frozen and stays so: the new PIN or password works only after unfreezing.
caution-freeze-instead = ⚠️ Removing cannot be undone. If the user may come back, freeze them instead.

code-ask =
    { $summary }

    🔑 <b>Type the six digits of your authenticator.</b>
    I delete your message at once.
