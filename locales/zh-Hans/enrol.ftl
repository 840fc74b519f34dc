# 认领店铺与绑定验证器。
claimed = 🎉 您现在是 <b>{ $shop }</b> 的店主。
enrol-qr =
    <b>绑定验证器</b>
    请用验证器应用扫描此图（例如 Aegis、2FAS、Google 或 Microsoft Authenticator）。
enrol-key =
    或者把这个密钥输入应用：
    <code>{ $key }</code>
enrol-copy = 📋 复制密钥
enrol-code =
    🔐 <b>现在请输入应用显示的六位数字。</b>

    验证码正确后，我会立即删除图片、密钥和您的验证码。此后每次修改都需要验证码。
enrol-again = 🔄 显示新密钥
enrol-done = ✅ 验证器已绑定。我正在从聊天中删除密钥。
