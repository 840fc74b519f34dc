# 进度、操作记录与修改结果。
progress-about = 👤 { $about }
progress-confirmed = ⏳ <b>已确认。</b>已记录，接下来通知终端。
progress-applying = ⏳ <b>正在通知终端……</b>
progress-waiting = ⏳ <b>暂时连不上终端。</b>到目前为止没有做任何修改。我会自动继续重试（第 { $attempts } 次）。
progress-unknown = ❔ <b>结果未知，正在核对。</b>没有收到终端的答复，修改可能已生效，也可能没有。我正在读回结果，在此期间请不要重复操作。
progress-applied = ✅ <b>完成。</b>终端已修改，我已读回核对。
progress-applied-unread = ✅ <b>已接受。</b>终端接受了修改，但无法告知当前内容，因此我未能核对。
progress-unknown-differs = ❔ <b>结果未知，正在核对。</b>终端答复成功，但显示的内容不一致。我正在再次查看，请不要重复操作。
progress-differs = ⚠️ <b>请查看终端。</b>终端答复成功，但显示的内容仍不一致。我无法判断以哪个为准，请到终端核对后再重复操作。
progress-failed = ❌ <b>修改未生效。</b>{ $reason }
progress-ended = ✖ 此请求已结束，没有做任何修改。

result-not-reached = 连不上终端。请等终端恢复后再试。
result-not-allowed = 轮到执行时，您已没有进行此修改的权限。
result-secret-unreadable = 无法从数据库读出新密码：缺少密钥。请告诉运行本机器人的人，然后重新设置密码。
result-not-held = 读回时，终端上没有这项修改。请先查看终端，然后重试。
till-refused-user-gone = 终端上已没有该用户。请重新查看用户列表。
till-refused-terminal-gone = 收银系统中已没有这台终端。请从菜单重新开始。
till-refused-stale-version = 您查看之后，该用户已有变动。请重新查看后再决定。
till-refused-signed-in = 该用户当前已在终端上登录。请重试并选择强制其退出登录，或等其自行退出。
till-refused-secret-short = 密码对该终端来说太短，请换一个更长的。
till-refused-secret-long = 密码对该终端来说太长，请换一个更短的。
till-refused-secret-not-digits = 该终端只接受数字，请换一个密码。
till-refused-name-invalid = 终端不接受这个姓名，请换一个。
till-refused-duplicate-number = 该操作员号已被占用，请换一个。
till-refused-number-invalid = 终端不接受这个操作员号，请换一个。
till-refused-duplicate-name = 终端上已有同名用户，请换一个名字。
till-refused-secret-weak = 密码不符合该系统的强度要求，请换一个，或由我生成。
till-refused-full = 终端的用户已满。请先删除已离开的人，然后重试。
till-refused-frozen = 终端不能修改已冻结的用户。请先解冻，然后重试。
till-refused-protected = 该用户受系统保护：是所有者，或是最后一位可以使用或管理终端的人。请先把这些权限给别人。
till-refused-unsupported = 终端不支持此操作。
till-refused-account = 终端系统不接受机器人的账号，或该账号无权这样做。请检查账号。
till-refused-other = 终端拒绝了，但没有给出我能理解的原因。请查看终端或联系厂商。

secret-coming = 🔐 新密码马上显示在这里。
secret-coming-password = 🔐 新密码马上显示在这里。
secret-shown =
    🔐 { $terminal } 上 <b>{ $name }</b>（{ $number } 号）的新密码：

    <code>{ $pin }</code>

    只显示一次。{ $seconds } 秒后本消息自动删除。
secret-unsure =
    🔐 终端可能已采用 { $terminal } 上 <b>{ $name }</b>（{ $number } 号）的这个新密码：

    <code>{ $pin }</code>

    只显示一次，供您试用。{ $seconds } 秒后本消息自动删除。
secret-shown-password =
    🔐 { $terminal } 上 <b>{ $name }</b>（{ $number } 号）的新密码：

    <code>{ $pin }</code>

    只显示一次。{ $seconds } 秒后本消息自动删除。
secret-unsure-password =
    🔐 系统可能已采用 { $terminal } 上 <b>{ $name }</b>（{ $number } 号）的这个新密码：

    <code>{ $pin }</code>

    只显示一次，供您试用。{ $seconds } 秒后本消息自动删除。
secret-noted = 🗑 已记下，立即删除

entry =
    📜 <b>第 { $number } 条记录</b> · { $time }
    { $what }
    <code>#{ $hash }</code>
entry-change =
    { $verdict }
    🖥 { $terminal }
    👤 { $user } · { $operator } 号
    { $change }
    🙋 { $actor }
entry-undo = ↩️ 撤销
entry-undo-number = ↩️ 撤销第 { $number } 条
entry-new-pin = 🔢 再换一个新密码
entry-added = ❄️ 冻结或删除…
entry-removed = ➕ 重新添加…
entry-undoes = ↩️ 撤销第 { $number } 条记录
entry-verdict-intent = 🔑 已用验证码确认
entry-verdict-unknown = ❔ 结果未知，正在核对
entry-verdict-applied = ✅ 已修改并读回核对
entry-verdict-applied-unread = ✅ 终端已接受；无法读回核对
entry-verdict-differs = ⚠️ 终端答复成功，但显示的内容不一致
entry-verdict-failed = ❌ 修改未生效：{ $reason }
entry-forced = 如果该用户当时已登录，则其登录已被结束。
entry-shop-added = 🏪 已添加店铺：{ $name }
entry-claim-made = ✉️ 在服务器上生成了新的店主邀请
entry-shop-claimed = 🎉 { $actor } 成为店主
entry-factor-enrolled = 🔐 { $actor } 绑定了验证器
entry-factor-reset = 🔓 已在服务器上移除 ID 为 { $person } 的人员的验证器
entry-code-locked = 🚫 { $actor } 输错验证码 { $failures } 次；锁定至 { $until }
entry-code-locked-for-good = 🚫 { $actor } 输错验证码次数太多；已锁定，需在服务器上重置验证器

audit-title = 📜 <b>操作日志</b> · { $shop }
