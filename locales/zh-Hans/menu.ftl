# 菜单、语言、帮助，以及陌生人看到的话。
stranger = 这是某家店铺的私用机器人。如果您收到了邀请，请打开邀请链接。

menu-shops = <b>哪一家店？</b>
menu-home =
    🏪 <b>{ $shop }</b>

    您想做什么？
menu-change = 👤 修改终端用户
menu-waiting = ⏰ 待执行的修改{ $count ->
    [0] {""}
   *[other] （{ $count }）
}
menu-audit = 📜 操作日志
menu-late = ⚙️ 错过时间的修改
menu-language = 🌐 语言 · Language
menu-help = ❓ 帮助
menu-other-shop = 🏪 换一家店

home = 🏠 菜单
back = ‹ 返回
cancel = ✖ 取消

language-ask = 🌐 <b>请选择语言</b>
language-chosen = 从现在起我用中文和您交流。

late-ask =
    ⚙️ <b>错过时间的修改</b>
    如果到点时没能执行，我会在恢复后尽快补上；但若晚得太久，我会先问您。晚多久以后要先问您？
late-chosen = 错过时间的修改，先问您再执行：{ $limit }

help-text =
    <b>掌柜 Tillkeeper</b> 帮您管理谁可以使用收银终端。

    /menu – 菜单
    /change – 添加、交接或删除终端用户；改名、换密码、改角色或权限、冻结或解冻；可立即、定时或限时
    /waiting – 等待执行的修改：改时间、立即执行或取消
    /audit – 谁在什么时候改了什么；撤销修改
    /till – 收银系统能让我做什么
    /backup – 备份终端用户（加密文件），或用文件恢复
    /language – 中文或 English
    /cancel – 停止当前操作；已用验证码确认的修改会继续进行

    每次修改都需要验证器应用中的验证码。您发来的验证码和密码会立即从聊天中删除，我也不会在别处索要它们。

    修改之后，我会从终端读回结果，并把操作记录发到这里。如果我不知道终端是否已接受修改，我会如实告诉您。

cancelled = 已取消，您尚未确认的操作不会执行。
cancelled-not-under-way = ⏳ 您之前确认的一项修改仍在进行，这里无法停止；它的操作记录会自动发来。
nothing-to-cancel = 当前没有可取消的操作。
press-instead = 这里不需要发消息，请使用按钮。
text-expected = 这里我只能读取文字，请直接输入。
edited-not-read = 我不读取编辑过的消息，请重新发送一条。
digits-removed = 我现在没有在等验证码或密码，所以正在从聊天中删除您的消息。如果那是验证码，请等下一个再使用。
keyboard-old = 这些按钮已失效，请使用新的菜单。

# 计划的时间；星期从 1（星期一）数起。
when =
    { $date } { $weekday ->
        [1] 星期一
        [2] 星期二
        [3] 星期三
        [4] 星期四
        [5] 星期五
        [6] 星期六
       *[7] 星期日
    } { $time }
