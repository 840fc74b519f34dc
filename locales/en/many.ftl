# The same change of many terminal users, with one code.
many-open-person = 🖥 On all terminals…
many-open-everyone = 👥 Everyone here…
many-what-person =
    👤 <b>{ $name }</b> on all terminals

    { $total ->
        [one] I found one user of this name.
       *[other] I found { $total } users of this name.
    } <b>What should change?</b>
many-what-everyone =
    🖥 <b>{ $terminal }</b>, { $total ->
        [one] its one user
       *[other] all { $total } users
    }

    <b>What should change?</b>
many-freeze = ❄️ Freeze ({ $freeze })
many-unfreeze = ☀️ Unfreeze ({ $unfreeze })
many-targets =
    <b>{ $kind }: who?</b>

    { $chosen } of { $total } are ticked. Press a name to tick or untick it.
many-targets-person = The same name may be another person: look at terminal and number, and untick who is not meant.
many-ticked = ☑️ { $about }
many-unticked = ⬜ { $about }
many-frozen = ❄️ { $about }
many-active = ☀️ { $about }
many-gone = ✖ no longer at the till
many-tick-all = ☑️ All
many-untick-all = ⬜ Nobody
many-check = 👀 Check ({ $chosen })
many-preview =
    <b>Please check</b>

    🏪 { $shop }
    { $change }

    <b>{ $total ->
        [one] For one user:
       *[other] For { $total } users:
    }</b>
many-code =
    🔑 <b>Type the six digits of your authenticator.</b> One code is for all of them.
    I delete your message at once.
many-line-signed-in = 👤 { $about } · <b>signed in now</b>
many-force-off = ⬜ End their sessions now
many-force-on = ☑️ End their sessions now

many-caution-last-supervisor = ⚠️ After the change a terminal is left without an active supervisor or manager. Nobody there could help a stuck cashier.
many-caution-signed-in = ⚠️ Who is signed in at a terminal is not frozen unless their session is ended; the others are.
many-caution-waiting = ⏰ Another change of one of these users waits for its time; see /waiting.

batch-counts = { $applied } done · { $failed } not done · { $unknown } not known · { $open } under way
batch-hand-over = 🔁 <b>Handing over</b>
batch-applied = ✅ { $about }
batch-applied-unread = ✅ { $about }: accepted, but the till cannot be read back
batch-unknown = ❔ { $about }: being checked
batch-abandoned = ⚠️ { $about }: not known, please look at the till
batch-differs = ⚠️ { $about }: the till said yes but shows something else
batch-failed = ❌ { $about }: { $reason }
batch-dropped = ✖ { $about }: dropped, nothing was changed
batch-waiting = ⏳ { $about }: the till cannot be reached, I keep trying
batch-turn = ⏳ { $about }: waits its turn behind another change
batch-scheduled = ⏰ { $about }: { $when }
batch-open = ⏳ { $about }
