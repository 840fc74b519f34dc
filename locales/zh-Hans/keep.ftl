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

# 备份店里的用户，以及把终端恢复到备份时的样子。
menu-backup = 💾 备份
command-backup = 备份或恢复终端用户
entry-backup-made = 💾 { $actor } 取得了一份备份：{ $users } 个用户
sealed-what =
    💾 <b>备份</b> · { $shop }

    我会把终端用户（操作员号、姓名、角色、状态、权限）和店铺设置打包成一个加密文件发给您，里面绝不含密码。请另外保存：万一机器人丢了，名单还在。
sealed-make = 💾 生成备份
sealed-restore = ♻️ 用文件恢复
sealed-code =
    💾 <b>备份 { $shop }</b>

    🔑 <b>请输入验证器上的六位数字。</b>
    我会立即删除您的消息。
sealed-file = 💾 备份：{ $terminals } 台终端，{ $users } 个用户。接下来会给您口令；没有口令谁也打不开，包括我。
sealed-cut = ⚠️ 有终端的用户太多，我没有读完，最后一部分不在这个文件里。
sealed-phrase-coming = 🔐 口令马上显示在这里。
sealed-phrase =
    🔐 上面这份备份的口令：

    <code>{ $phrase }</code>

    只显示一次，我不保存。请抄下来，和文件分开放。{ $seconds } 秒后本消息自动删除。
restore-file =
    ♻️ <b>恢复</b> · { $shop }

    <b>请把备份作为文件发给我。</b>我会先列出它和终端现状的不同。恢复不会删除任何用户。
restore-file-expected = 我在等备份文件。请以文件形式发送，或按“‹ 返回”。
restore-phrase =
    ♻️ <b>请输入这份备份的口令。</b>
    我会立即删除您的消息。
restore-head =
    ♻️ <b>请核对</b>
    { $shop } 的备份，生成于 { $made }

    <b>{ $total ->
        [0] 没有我能恢复的内容。
       *[other] 终端上的 { $total } 项修改：
    }</b>
restore-change = 👤 { $about }：{ $change }
restore-left = <b>以下保持不变：</b>
restore-left-terminal-gone = 🖥 { $about }：收银系统中已没有这台终端
restore-left-cannot-add = 👤 { $about }：现在没有此人，本次恢复无法添加
restore-left-was-frozen = ❄️ { $about }：现在没有此人；备份时已冻结，所以不再放进来
restore-left-somebody-else = 👤 { $about }：这个操作员号现在是别人的
restore-left-number = 🔢 { $about }：操作员号已变，我无法改号
restore-left-terminals = 🖥 { $about }：可用终端已变，请用 /change 修改
restore-left-permissions = 🗝 { $about }：权限会随角色变化；恢复后若仍不同，请再发一次文件
restore-left-cannot-change = 👤 { $about }：{ $kind }，终端不支持
restore-left-protected = 🛡 { $about }：该用户受系统保护
restore-left-late-limit = ⚙️ “错过时间的修改”设置不同，请在菜单中选择
restore-unknown = 终端上有 { $count } 个用户不在备份里，他们保持不变。
restore-more = 一个验证码放不下，还有 { $count } 项：完成后请再发一次文件。
restore-caution-more-rights = ⚠️ 有用户会得到比现在更多的权限。
restore-caution-signed-in = ⚠️ 有要冻结的用户当前已登录；在其退出之前终端会拒绝。
restore-caution-last-supervisor = ⚠️ 恢复之后，有终端将没有未冻结的主管或经理。
restore-caution-waiting = ⏰ 其中有用户还有一项修改在等待执行，见 /waiting。
restore-none = 没有需要确认的内容。
restore-code =
    ♻️ 用 { $total } 项修改把终端恢复到备份时的样子。

    🔑 <b>请输入验证器上的六位数字。</b>
    我会立即删除您的消息。
restore-progress = ♻️ 从备份恢复
batch-about = { $about }，{ $change }
change-kind-restore = ♻️ 恢复

refused-backup-too-large = 文件太大，不是我生成的备份。请发送我给您的原文件。
refused-backup-unreadable = 这不是我生成的备份。请发送我给您的原文件。
refused-backup-newer = 这份备份由更新的版本生成。请先升级机器人，再发送一次。
refused-backup-locked = 口令打不开这个文件：口令输错、不是这份备份的，或文件被改动过。请重新输入，或返回发送原文件。
refused-backup-of-another = 这是另一家店的备份：{ $shop }。请在 /menu 中选择那家店，或发送本店的文件。
refused-backup-same = 终端和备份一致，无需恢复。
