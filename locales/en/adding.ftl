# Adding a user, and handing over from one to another.
add-number =
    🖥 <b>{ $terminal }</b>

    ➕ <b>A new user</b>
add-number-instead =
    🖥 <b>{ $terminal }</b>

    🔁 <b>Who comes in place of { $old } (No. { $old_number })?</b>
    { $old } is frozen and keeps what they did; the new user gets a number of their own.
add-number-digits = <b>Type the operator number</b>, { $shortest } to { $longest } digits.
add-number-signs = <b>Type the operator number</b>, { $shortest } to { $longest } characters.
add-name =
    ➕ No. { $number }

    <b>Type the name.</b> At most { $longest } characters.
add-role =
    ➕ <b>{ $name }</b> · No. { $number }

    <b>Which role?</b>
add-preview =
    <b>Please check</b>

    🏪 { $shop }
    🖥 { $terminal }

    { $change }
add-goes = ❄️ <b>{ $name }</b> (No. { $number }) is frozen
add-secret-pin = 🔢 With the PIN that you typed
add-secret-pin-made = 🔢 With a PIN made by me; I show it to you once
add-secret-password = 🔑 With the password that you typed
add-secret-password-made = 🔑 With a password made by me; I show it to you once
add-secret-at-till = 🔢 PIN or password are typed at the till, by whoever will use them
