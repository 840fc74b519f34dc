# Claiming a shop and enrolling the authenticator.
claimed = 🎉 You are now the owner of <b>{ $shop }</b>.
enrol-qr =
    <b>Set up your authenticator</b>
    Scan this picture with an authenticator app (for example Aegis, 2FAS, Google or Microsoft Authenticator).
enrol-key =
    Or type this key into the app:
    <code>{ $key }</code>
enrol-copy = 📋 Copy the key
enrol-code =
    🔐 <b>Now type the six digits that the app shows.</b>

    I delete the picture, the key and your code as soon as the code is right. From then on every change needs a code.
enrol-again = 🔄 Show a new key
enrol-done = ✅ Your authenticator is set up. I am removing the key from this chat.
