# 修改终端用户。
role-cashier = 收银员
role-supervisor = 主管
role-manager = 经理
status-active = 正常
status-frozen = 已冻结
signed-in = 当前已登录

change-terminal =
    <b>哪一台终端？</b>
change-no-terminals = 收银系统没有列出任何终端。
change-user =
    🖥 <b>{ $terminal }</b>

    <b>哪一位用户？</b> 请点选，或输入姓名、操作员号的一部分来查找。
change-user-search = 🔎 “{ $search }”
change-user-count =
    { $total ->
        [0] 没有找到用户。
       *[other] 共 { $total } 位用户。
    }
change-search-clear = ✖ 清除查找
change-what =
    🖥 { $terminal }
    👤 <b>{ $name }</b> · { $number } 号
    { $role } · { $status }

    <b>要修改什么？</b>
change-kind-rename = ✏️ 姓名
change-kind-pin = 🔢 新密码
change-kind-password = 🔑 新密码
change-kind-role = 🎖 角色
change-kind-freeze = ❄️ 冻结
change-kind-unfreeze = ☀️ 解冻
change-kind-permissions = 🗝 权限
change-kind-assign = 🖥 可用终端
change-kind-add = ➕ 添加用户
change-kind-remove = 🗑 删除用户
ticks-done = 👀 核对
change-name =
    👤 <b>{ $name }</b> · { $number } 号

    <b>请输入新姓名。</b> 最多 { $longest } 个字。
change-pin =
    👤 <b>{ $name }</b> · { $number } 号

    <b>新密码由谁来定？</b>
    由我生成的密码是随机的。终端修改成功后，我只显示一次。
change-pin-make = 🎲 自动生成
change-pin-type = ⌨️ 自己输入
change-pin-typed =
    👤 <b>{ $name }</b> · { $number } 号

    <b>请输入新密码</b>，{ $shortest } 到 { $longest } 位数字。我会立即删除您的消息。
change-password =
    👤 <b>{ $name }</b> · { $number } 号

    <b>新密码由谁来定？</b>
    由我生成的密码是随机的。系统修改成功后，我只显示一次。
change-password-typed =
    👤 <b>{ $name }</b> · { $number } 号

    <b>请输入新密码</b>，{ $shortest } 到 { $longest } 个字符。我会立即删除您的消息。
change-pin-at-till =
    👤 <b>{ $name }</b> · { $number } 号

    <b>新密码在终端上输入</b>，由使用的人自己设。不用告诉我，也不用告诉您。
change-pin-go-on = 👀 核对
permissions-ask =
    👤 <b>{ $name }</b> · { $number } 号
    { $role }

    <b>该用户可以做什么？</b> 已勾选 { $chosen } 项。点选即可勾选或取消；输入验证码之前不会修改。
places-ask =
    👤 <b>{ $name }</b> · { $number } 号

    <b>该用户可以在哪些终端上岗？</b> 已勾选 { $chosen } 台。点选即可勾选或取消。
change-role =
    👤 <b>{ $name }</b> · { $number } 号
    当前：{ $role }

    <b>改成什么角色？</b>
change-role-current = { $role }（当前）

preview =
    <b>请核对</b>

    🏪 { $shop }
    🖥 { $terminal }
    👤 <b>{ $name }</b> · { $number } 号

    { $change }
preview-expires = 我会等待您的验证码，直到店铺时间 { $time }。
preview-confirm = 🔑 用验证码确认
preview-now = ⏰ 执行时间：现在
preview-at = ⏰ 执行时间：<b>{ $when }</b>（店铺时间）
preview-for-good = ⌛ 有效期：长期
preview-until = ⌛ 有效期：到 <b>{ $when }</b>（店铺时间），到期自动恢复
preview-to-when = ⏰ 何时执行…
preview-to-until = ⌛ 持续到…
preview-force-off = ⬜ 立即强制其退出登录
preview-force-on = ☑️ 立即强制其退出登录
preview-force-later-off = ⬜ 届时若已登录，强制其退出
preview-force-later-on = ☑️ 届时若已登录，强制其退出
when-ask =
    ⏰ <b>什么时候执行？</b>
    请点选，或直接输入，例如：今晚10点 · 明天早上8点 · 周一 08:00 · 2小时后 · 12月24日18:00

    店里现在是 { $now }。
when-now = ▶️ 现在
until-ask =
    ⌛ <b>持续到什么时候？</b>到期会自动恢复。
    请点选，或直接输入，例如：到周一早上八点 · 3天 · 90分钟 · 到12月24日18:00

    店里现在是 { $now }。
until-for-good = ♾ 长期有效
quick-tonight = 今晚 { $time }
quick-tomorrow = 明天 { $time }
quick-monday = 星期一 { $date } { $time }
quick-hour = 1 小时，到 { $date } { $time }
quick-three-days = 3 天，到 { $date } { $time }

change-line-rename = 姓名：{ $before } → <b>{ $after }</b>
change-line-role = 角色：{ $before } → <b>{ $after }</b>
change-line-freeze = 状态：{ $before } → <b>{ $after }</b>
change-line-unfreeze = 状态：{ $before } → <b>{ $after }</b>
change-line-permissions = 权限：{ $before } → <b>{ $after }</b>
change-line-assign = 可用终端：{ $before } → <b>{ $after }</b>
change-line-add = <b>新用户</b>：{ $after }
change-line-add-instead = <b>新用户</b>：{ $after }，接替 { $instead }
change-line-remove = <b>从终端删除该用户</b>
permission-sale-take = 收款
permission-sale-void = 撤销
permission-refund-issue = 退货
permission-preauth-use = 预授权
permission-discount-apply = 折扣
permission-price-override = 改价
permission-drawer-open = 开钱箱
permission-report-view = 报表
permission-settlement-run = 结算
permission-users-manage = 员工管理
permission-settings-manage = 设置
nothing = 无
change-line-pin = 密码：•••• → <b>新密码</b>
change-line-pin-made = 密码：•••• → <b>新密码</b>（由我生成）
change-line-password = 密码：•••• → <b>新密码</b>
change-line-password-made = 密码：•••• → <b>新密码</b>（由我生成）
change-line-at-till = 密码：•••• → <b>在终端上输入新密码</b>
preview-emulated = ☑️ 这套系统的实际做法：{ $really }。

caution-last-supervisor = ⚠️ 这是该终端最后一位未冻结的主管或经理。修改之后，那里将没有人能协助遇到问题的收银员。
caution-last-manager = ⚠️ 这是该终端最后一位未冻结的经理。修改之后，那里只剩主管。
caution-more-rights = ⚠️ 修改后该用户的权限会比以前多。
caution-signed-in = ⚠️ 该用户当前已在终端上登录。除非强制其退出登录，否则终端会拒绝。
caution-signed-in-then = ⚠️ 届时如果该用户已登录，除非强制其退出登录，否则终端会拒绝。
caution-session-ends = ⚠️ 交出的用户当前已在终端上登录：其登录会被结束。
caution-same-name = ⚠️ 该终端已有同名用户。
caution-still-frozen = ⚠️ 该用户已冻结，修改后仍处于冻结状态：解冻之后新密码才能使用。
caution-freeze-instead = ⚠️ 删除后无法撤销。如果该用户可能还会回来，请改为冻结。

code-ask =
    { $summary }

    🔑 <b>请输入验证器上的六位数字。</b>
    我会立即删除您的消息。
