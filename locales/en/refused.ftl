# Refusals: what stands against it, and what to do next.
refused-not-allowed = You may not do this. Open the menu with /menu.
refused-claim = This invitation does not work. Ask whoever sent it for a new one.
refused-not-enrolled = First set up your authenticator: send /start.
refused-enrolment-over = This key is no longer waiting for a code. Send /start to go on.
refused-code-wrong =
    ✖ This code is not right: mistyped, already used or too old. Wait for the next one and type that. { $tries ->
        [one] One try left.
       *[other] { $tries } tries left.
    }
refused-code-locked = 🚫 Too many wrong codes. I accept no code before { $until }. Try again then.
refused-code-locked-for-good = 🚫 Too many wrong codes. Your authenticator is locked; whoever runs this bot can reset it.
refused-name-empty = The name is empty. Type a name.
refused-name-too-long = The name has { $length } characters; the till takes { $longest }. Type a shorter one.
refused-name-invisible = The name has characters that cannot be seen or that change the direction of the text. Type it by hand.
refused-pin-not-digits = A PIN has digits only, 0 to 9. Type it again.
refused-pin-length = This till takes { $shortest } to { $longest } digits. Type it again.
refused-pin-trivial = This PIN is among the first that a thief would try. Choose another one.
refused-password-length = This till takes { $shortest } to { $longest } characters. Type it again.
refused-password-unseen = This password has characters that cannot be seen. Type it by hand.
refused-password-own = This password is the user's own name or number. Choose another one.
refused-number-not-digits = An operator number has { $shortest } to { $longest } digits here. Type another one.
refused-number-form = An operator number has { $shortest } to { $longest } characters here, none of them a space. Type another one.
refused-number-reserved = The till keeps this number for itself. Type another one.
refused-number-taken = This operator number is taken. Type another one.
refused-no-terminal = No terminal is ticked. Tick at least one; to keep the user from working, freeze them.
refused-when-unreadable = I cannot read this as a time. Type for example: 22:00 · tomorrow 8am · Monday 08:00 · 24 Dec 18:00 · 3 days · 90 minutes
refused-when-ambiguous = This can be read in two ways. Type the day in full, for example 2026-12-24 18:00, or the time as 20:00.
refused-when-past = That time has passed. Type a later one, with its date and year if it is far ahead.
refused-when-too-soon = That leaves less than a minute. Type a later time.
refused-when-too-far = That is more than a year ahead. Type an earlier time.
refused-when-before-start = The end has to come after the start. Choose a later end, or an earlier start.
refused-not-offered = This till cannot do that. Choose something else.
refused-nothing-to-do = Nothing to change: it is like that already.
refused-not-undoable = There is nothing to undo in this entry. Look at the newer ones in /audit.
undo-new-pin = A PIN or password cannot be put back: nobody knows the old one. Give a new one here instead.
undo-freeze = Who was added may have worked since, so this is not simply undone. Freeze or remove the user here.
undo-add = A removed user cannot be put back. Here you can add one anew, with the same number if you like.
refused-changed-since = The user was changed since then, so this cannot simply be undone. Look at the user and decide anew with /change.
refused-user-busy = Another change of this user is still under way. Wait for its entry, then try again.
refused-request-over = This request is over: it expired, was cancelled or was confirmed already. Look at /audit, or start again.
refused-till-unreachable = The till cannot be reached now. Nothing was changed. Try again in a moment.
refused-till = { $reason }
unexpected = Something went wrong on my side, and I cannot say whether what you asked for was done. Look at /audit before you repeat it. If it happens again, tell whoever runs this bot this number: { $id }
refused-not-waiting = That change does not wait any more: it has begun or is over. See /audit for what became of it.
refused-too-many = More than { $most } users at once are too many to look over. Choose one terminal, or single users.
refused-nobody-chosen = Nobody is ticked. Press the names it should be for.
