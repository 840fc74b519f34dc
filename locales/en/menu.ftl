# The menu, languages, help, and what strangers read.
stranger = This is a private bot of a shop. If you were invited, open the invitation link that you were given.

menu-shops = <b>Which shop?</b>
menu-home =
    🏪 <b>{ $shop }</b>

    What would you like to do?
menu-change = 👤 Change a terminal user
menu-waiting = ⏰ Waiting changes{ $count ->
    [0] {""}
   *[other] {" "}({ $count })
}
menu-audit = 📜 Audit log
menu-late = ⚙️ Late changes
menu-language = 🌐 Language · 语言
menu-help = ❓ Help
menu-other-shop = 🏪 Another shop

home = 🏠 Menu
back = ‹ Back
cancel = ✖ Cancel

language-ask = 🌐 <b>Which language should I speak?</b>
language-chosen = From now on I write in English.

late-ask =
    ⚙️ <b>Late changes</b>
    If I could not do a waiting change at its time, I do it as soon as I can. But if it is very late, I ask you first. From when on?
late-chosen = Late changes are asked about: { $limit }

help-text =
    <b>Tillkeeper</b> changes who may use your point-of-sale terminals.

    /menu – the menu
    /change – add a terminal user, hand over or remove; rename, give a new PIN or password, a role or permissions, freeze or unfreeze; now, later or for a time
    /waiting – changes that wait for their time: another time, now, or not at all
    /audit – who changed what, and when; undo a change
    /till – what your till lets me do
    /backup – a sealed file of your till's users, or bring the till back to one
    /language – English or 中文
    /cancel – stop what we are doing; what a code has confirmed goes on

    Every change needs a code from your authenticator app. I delete your codes, PINs and passwords from this chat at once, and I never ask for them anywhere else.

    After a change I read it back from the till and post the entry here. If I do not know whether the till took a change, I say so.

cancelled = Cancelled. What you had not confirmed yet will not happen.
cancelled-not-under-way = ⏳ A change that you confirmed before is still under way. It cannot be stopped here; its entry comes by itself.
nothing-to-cancel = There is nothing to cancel.
press-instead = I was not expecting a message here. Please use the buttons.
text-expected = I can only read text here. Please type it.
edited-not-read = I do not read edited messages. Please send a new one.
digits-removed = I was not waiting for a code or a PIN, so I am removing your message from the chat. If it was a code, wait for the next one before you use it.
keyboard-old = These buttons are out of date. Here is a fresh menu.

# A planned moment; the weekday counts from Monday, 1.
when =
    { $weekday ->
        [1] Monday
        [2] Tuesday
        [3] Wednesday
        [4] Thursday
        [5] Friday
        [6] Saturday
       *[7] Sunday
    } { $date } { $time }
