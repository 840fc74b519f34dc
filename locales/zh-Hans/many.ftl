# 用一个验证码对多位终端用户做同一项修改。
many-open-person = 🖥 在所有终端上…
many-open-everyone = 👥 这里的所有人…
many-what-person =
    👤 所有终端上的 <b>{ $name }</b>

    找到 { $total } 位同名用户。<b>要修改什么？</b>
many-what-everyone =
    🖥 <b>{ $terminal }</b>，{ $total ->
        [1] 仅有的 1 位用户
       *[other] 全部 { $total } 位用户
    }

    <b>要修改什么？</b>
many-freeze = ❄️ 冻结（{ $freeze }）
many-unfreeze = ☀️ 解冻（{ $unfreeze }）
many-targets =
    <b>{ $kind }：哪些人？</b>

    共 { $total } 位，已勾选 { $chosen } 位。点选姓名可勾选或取消勾选。
many-targets-person = 同名的也可能是另一个人：请核对终端和操作员号，取消勾选不相关的人。
many-ticked = ☑️ { $about }
many-unticked = ⬜ { $about }
many-frozen = ❄️ { $about }
many-active = ☀️ { $about }
many-gone = ✖ 终端上已没有该用户
many-tick-all = ☑️ 全选
many-untick-all = ⬜ 全不选
many-check = 👀 核对（{ $chosen }）
many-preview =
    <b>请核对</b>

    🏪 { $shop }
    { $change }

    <b>{ $total } 位用户：</b>
many-code =
    🔑 <b>请输入验证器上的六位数字。</b>一个验证码用于以上所有用户。
    我会立即删除您的消息。
many-line-signed-in = 👤 { $about } · <b>当前已登录</b>
many-force-off = ⬜ 立即强制他们退出登录
many-force-on = ☑️ 立即强制他们退出登录

many-caution-last-supervisor = ⚠️ 修改之后，有终端将没有未冻结的主管或经理，那里将没有人能协助遇到问题的收银员。
many-caution-signed-in = ⚠️ 当前已登录的用户，除非强制其退出登录，否则不会被冻结；其他人会被冻结。
many-caution-waiting = ⏰ 其中有用户还有一项修改在等待执行，见 /waiting。

batch-counts = 完成 { $applied } · 未执行 { $failed } · 结果未知 { $unknown } · 进行中 { $open }
batch-hand-over = 🔁 <b>交接</b>
batch-applied = ✅ { $about }
batch-applied-unread = ✅ { $about }：已接受，但无法读回核对
batch-unknown = ❔ { $about }：正在核对
batch-abandoned = ⚠️ { $about }：结果未知，请查看终端
batch-differs = ⚠️ { $about }：终端答复成功，但显示的内容不一致
batch-failed = ❌ { $about }：{ $reason }
batch-dropped = ✖ { $about }：已取消，没有做任何修改
batch-waiting = ⏳ { $about }：暂时连不上终端，我会继续重试
batch-turn = ⏳ { $about }：排队中，等待另一项修改完成
batch-scheduled = ⏰ { $about }：{ $when }
batch-open = ⏳ { $about }
