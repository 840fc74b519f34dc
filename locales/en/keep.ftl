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

# A backup of the shop's users, and bringing the till back to it.
menu-backup = 💾 Backup
command-backup = Back up the users, or restore them
entry-backup-made = 💾 { $actor } was given a backup: { $users } users
sealed-what =
    💾 <b>Backup</b> · { $shop }

    I send you a sealed file of the till's users, with numbers, names, roles, status and permissions, and the shop's settings. PINs are never in it. Keep it somewhere else than this bot: if the bot is lost, the list is not.
sealed-make = 💾 Make a backup
sealed-restore = ♻️ Restore from a file
sealed-code =
    💾 <b>Backup of { $shop }</b>

    🔑 <b>Type the six digits of your authenticator.</b>
    I delete your message at once.
sealed-file =
    💾 Backup: { $users ->
        [one] one user
       *[other] { $users } users
    } on { $terminals ->
        [one] one terminal
       *[other] { $terminals } terminals
    }. Without its passphrase, which comes next, nobody can open it, I neither.
sealed-cut = ⚠️ A terminal has more users than I read. The last of them are missing in this file.
sealed-phrase-coming = 🔐 The passphrase appears here in a moment.
sealed-phrase =
    🔐 Passphrase of the backup above:

    <code>{ $phrase }</code>

    Shown once; I do not keep it. Write it down apart from the file. This message deletes itself after { $seconds } seconds.
restore-file =
    ♻️ <b>Restore</b> · { $shop }

    <b>Send me the backup as a file.</b> I first show you what differs from the till. Nothing is deleted by a restore.
restore-file-expected = I am waiting for the backup as a file. Attach it, or press ‹ Back.
restore-phrase =
    ♻️ <b>Type the passphrase of this backup.</b>
    I delete your message at once.
restore-head =
    ♻️ <b>Please check</b>
    Backup of { $shop }, made { $made }

    <b>{ $total ->
        [0] There is nothing that I can bring back.
        [one] One change at the till:
       *[other] { $total } changes at the till:
    }</b>
restore-change = 👤 { $about }: { $change }
restore-left = <b>What I leave as it is:</b>
restore-left-terminal-gone = 🖥 { $about }: the till no longer has this terminal
restore-left-cannot-add = 👤 { $about }: missing, and cannot be added by this restore
restore-left-was-frozen = ❄️ { $about }: missing; was frozen, so I do not let them in again
restore-left-somebody-else = 👤 { $about }: the number now belongs to somebody else
restore-left-number = 🔢 { $about }: has another operator number now; I cannot change that
restore-left-terminals = 🖥 { $about }: works at other terminals now; change that with /change
restore-left-permissions = 🗝 { $about }: permissions come with the role; if they still differ afterwards, send me the file again
restore-left-cannot-change = 👤 { $about }: { $kind } – the till cannot do that
restore-left-protected = 🛡 { $about }: the till protects this user
restore-left-late-limit = ⚙️ The setting for late changes differs; choose it in the menu
restore-unknown = { $count ->
        [one] One user is at the till and not in the backup. They stay.
       *[other] { $count } users are at the till and not in the backup. They stay.
    }
restore-more = { $count ->
        [one] One more change does not fit under one code: send me the file again after this.
       *[other] { $count } more changes do not fit under one code: send me the file again after this.
    }
restore-caution-more-rights = ⚠️ Some users get more rights than they have now.
restore-caution-signed-in = ⚠️ Some users who would be frozen are signed in; the till refuses that until they sign out.
restore-caution-last-supervisor = ⚠️ Afterwards a terminal is left without an active supervisor or manager.
restore-caution-waiting = ⏰ Another change of one of these users waits for its time; see /waiting.
restore-none = There is nothing to confirm.
restore-code =
    ♻️ { $total ->
        [one] One change brings
       *[other] { $total } changes bring
    } the till back to the backup.

    🔑 <b>Type the six digits of your authenticator.</b>
    I delete your message at once.
restore-progress = ♻️ Restore from a backup
batch-about = { $about }, { $change }
change-kind-restore = ♻️ Restore

refused-backup-too-large = The file is too large to be a backup of mine. Send the file as I gave it to you.
refused-backup-unreadable = This is no backup of mine. Send the file as I gave it to you.
refused-backup-newer = This backup was made by a newer release. Have the bot brought up to date, then send it again.
refused-backup-locked = The passphrase does not open this file: it is mistyped or belongs to another file, or the file was changed. Type it again, or go back and send the original file.
refused-backup-of-another = This is a backup of another shop: { $shop }. Choose that shop in /menu, or send this shop's file.
refused-backup-same = The till is as it is in the backup. There is nothing to restore.
