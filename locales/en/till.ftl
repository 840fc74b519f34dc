# What a shop's till can do: /till.
menu-till = 🖥️ The till
till-card = 🖥️ <b>The till of { $shop }</b>
till-can-native = ✅ { $change }
till-can-emulated = ☑️ { $change }: done in another way, which is said before you confirm
till-can-guided = 📋 { $change }: step by step, by somebody at the till
till-can-none = ➖ { $change }: this till does not let me do it
till-scope-terminal = Each terminal has users of its own.
till-scope-shop = One user works on all terminals: a change counts everywhere.
till-ends-sessions = A freeze can end the session of somebody who is signed in.
till-leaves-sessions = Who is signed in when you freeze them may go on until they sign out, as far as I know.
till-minds-others = If somebody else changes the user in between, the till refuses and nothing is overwritten.
till-minds-nobody = ⚠️ If somebody else changes the user in the same moment, one of the two changes may be lost.
till-reads-pin = I can check afterwards whether a new PIN was taken.
till-reads-no-pin = ⚠️ Nobody can read back whether a new PIN was taken: try it at the till.
till-evidence-real-server = 🧪 Checked against the real system.
till-evidence-specification = 📄 Checked against the maker's published specification, not against the real system.
till-evidence-unconfirmed = ❔ Unconfirmed: nobody has checked this yet.
