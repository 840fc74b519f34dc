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
refused-not-offered = This till cannot do that. Choose something else.
refused-nothing-to-do = Nothing to change: it is like that already.
refused-not-undoable = There is nothing to undo in this entry. Look at the newer ones in /audit.
undo-new-pin = A PIN cannot be put back: nobody knows the old one. Give a new one here instead.
refused-changed-since = The user was changed since then, so this cannot simply be undone. Look at the user and decide anew with /change.
refused-user-busy = Another change of this user is still under way. Wait for its entry, then try again.
refused-request-over = This request is over: it expired, was cancelled or was confirmed already. Look at /audit, or start again.
refused-till-unreachable = The till cannot be reached now. Nothing was changed. Try again in a moment.
refused-till = { $reason }
unexpected = Something went wrong on my side, and I cannot say whether what you asked for was done. Look at /audit before you repeat it. If it happens again, tell whoever runs this bot this number: { $id }
