# Progress, audit entries and what became of a change.
progress-about = 👤 { $about }
progress-confirmed = ⏳ <b>Confirmed</b> and recorded. The till is asked next.
progress-applying = ⏳ <b>Asking the till…</b>
progress-waiting = ⏳ <b>The till cannot be reached.</b> Nothing has been changed so far. I keep trying by myself (attempt { $attempts }).
progress-unknown = ❔ <b>Unknown, checking.</b> The till's answer did not arrive, so it may or may not have taken the change. I am reading it back; please do not repeat the change meanwhile.
progress-applied = ✅ <b>Done.</b> The till has taken the change; I read it back.
progress-applied-unread = ✅ <b>Accepted.</b> The till took the change but cannot tell what it holds now, so I could not check.
progress-unknown-differs = ❔ <b>Unknown, checking.</b> The till said yes but shows something else. I am looking again; please do not repeat the change meanwhile.
progress-differs = ⚠️ <b>Please look at the till.</b> It said yes, but it still shows something else. I cannot tell which of the two holds; check there before you repeat the change.
progress-failed = ❌ <b>Not applied.</b> { $reason }
progress-ended = ✖ This request is over. Nothing was changed.

result-not-reached = The till could not be reached. Try again once it is back.
result-not-allowed = You were no longer allowed to make this change when it was to be applied.
result-secret-unreadable = The new PIN or password could not be read from the database: its key is missing. Tell whoever runs this bot, then ask for a new one.
result-not-held = When I read the till back, it did not hold the change. Please look at the till, then try again.
till-refused-user-gone = The till no longer knows this user. Look at the list of users again.
till-refused-terminal-gone = The till no longer knows this terminal. Start again from the menu.
till-refused-stale-version = The user has changed since you looked. Look at the user again, then decide.
till-refused-signed-in = The user is signed in at the terminal. Try again and choose to end the session, or wait until they have signed out.
till-refused-secret-short = This PIN or password is too short for the till. Choose a longer one.
till-refused-secret-long = This PIN or password is too long for the till. Choose a shorter one.
till-refused-secret-not-digits = This till takes digits only. Choose another PIN.
till-refused-name-invalid = The till does not accept this name. Choose another one.
till-refused-duplicate-number = This operator number is taken. Choose another one.
till-refused-number-invalid = The till does not accept this operator number. Choose another one.
till-refused-duplicate-name = The till has a user of this name already. Choose another one.
till-refused-secret-weak = This password is too weak for the till's rules. Choose another one, or let me make it.
till-refused-full = The till has no room for another user. Remove one who left, then try again.
till-refused-frozen = The till changes nothing of a user who is frozen. Unfreeze them first, then try again.
till-refused-protected = The till protects this user: the owner, or the last who may use or manage it. Give somebody else these rights first.
till-refused-unsupported = The till cannot do this.
till-refused-account = The till does not take the bot's account there, or it may not do this. Have the account checked.
till-refused-other = The till refused and gave no reason that I understand. Please look at the till or ask its vendor.

secret-coming = 🔐 The new PIN appears here in a moment.
secret-coming-password = 🔐 The new password appears here in a moment.
secret-shown =
    🔐 New PIN of <b>{ $name }</b> (No. { $number }) on { $terminal }:

    <code>{ $pin }</code>

    Shown once. This message deletes itself after { $seconds } seconds.
secret-unsure =
    🔐 The till may have taken this new PIN of <b>{ $name }</b> (No. { $number }) on { $terminal }:

    <code>{ $pin }</code>

    Shown once, so that you can try it. This message deletes itself after { $seconds } seconds.
secret-shown-password =
    🔐 New password of <b>{ $name }</b> (No. { $number }) on { $terminal }:

    <code>{ $pin }</code>

    Shown once. This message deletes itself after { $seconds } seconds.
secret-unsure-password =
    🔐 The till may have taken this new password of <b>{ $name }</b> (No. { $number }) on { $terminal }:

    <code>{ $pin }</code>

    Shown once, so that you can try it. This message deletes itself after { $seconds } seconds.
secret-noted = 🗑 Noted, delete now

entry =
    📜 <b>Entry { $number }</b> · { $time }
    { $what }
    <code>#{ $hash }</code>
entry-change =
    { $verdict }
    🖥 { $terminal }
    👤 { $user } · No. { $operator }
    { $change }
    🙋 { $actor }
entry-undo = ↩️ Undo
entry-undo-number = ↩️ Undo entry { $number }
entry-new-pin = 🔢 Another new one
entry-added = ❄️ Freeze or remove…
entry-removed = ➕ Add anew…
entry-undoes = ↩️ Undoes entry { $number }
entry-verdict-intent = 🔑 Confirmed with a code
entry-verdict-unknown = ❔ Unknown, checking
entry-verdict-applied = ✅ Applied and read back
entry-verdict-applied-unread = ✅ Accepted; the till cannot be read back
entry-verdict-differs = ⚠️ The till said yes but shows something else
entry-verdict-failed = ❌ Not applied: { $reason }
entry-forced = If the user was signed in, their session was ended.
entry-shop-added = 🏪 Shop added: { $name }
entry-claim-made = ✉️ A new invitation for an owner was made on the server
entry-shop-claimed = 🎉 { $actor } became the owner
entry-factor-enrolled = 🔐 { $actor } set up an authenticator
entry-factor-reset = 🔓 The authenticator of the person with the id { $person } was removed on the server
entry-code-locked = 🚫 { $actor } typed { $failures } wrong codes; locked until { $until }
entry-code-locked-for-good = 🚫 { $actor } typed too many wrong codes; locked until the authenticator is reset on the server

audit-title = 📜 <b>Audit log</b> · { $shop }
