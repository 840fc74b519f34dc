# 不是通过我、而是直接在终端上做的修改。
drift-head =
    👀 <b>终端上有改动，不是通过我做的</b>
    我上次查看是 { $since }，那时还不是这样。
drift-blind = 🙈 从 { $since } 起我一直无法查看终端，所以不知道那里的用户有没有被改动。我会继续尝试。
drift-user = <b>{ $name }</b>（{ $number }）· 🖥 { $terminal }
drift-added = ➕ { $user }：新增用户，{ $after }
drift-removed = ➖ { $user }：已被删除，原为{ $before }
drift-renamed = ✏️ { $user }：姓名 { $before } → <b>{ $after }</b>
drift-number = 🔢 { $user }：操作员号 { $before } → <b>{ $after }</b>
drift-role = 🎖 { $user }：{ $before } → <b>{ $after }</b>
drift-frozen = ❄️ { $user }：被冻结
drift-unfrozen = ☀️ { $user }：被解冻
drift-permissions = 🗝 { $user }：权限 { $before } → <b>{ $after }</b>
drift-terminals = 🖥 { $user }：可用终端 { $before } → <b>{ $after }</b>
drift-more = ……还有 { $count } 项
drift-what-now = 如果不是您的人改的，请点开下面的用户，把他冻结。
drift-open = 👤 { $name }（{ $number }）
