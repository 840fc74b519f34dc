# 定时、到期自动结束、批量以及放弃等待的修改。
progress-scheduled = ⏰ <b>已定时。</b>将于店铺时间 { $when } 执行。
progress-turn = ⏳ <b>排队中。</b>该用户还有一项修改未完成，完成后接着执行这一项。
progress-missed = ⏰ <b>尚未执行。</b>原定于 { $when } 执行，但当时无法执行。还要执行吗？
progress-until = ⌛ { $when } 自动恢复。
progress-no-end = ⌛ 即使终端已接受，它也不会自动恢复：我没有确认它已开始。
progress-abandoned = ⚠️ <b>已放弃等待。</b>我不知道终端是否已接受这项修改。请先到终端核对，再决定是否重复操作。没有撤销任何内容。
progress-dropped = ✖ <b>已取消。</b>没有通知终端，没有做任何修改。
progress-batch = { $open ->
    [0] 📋 <b>{ $total } 项已全部结束。</b>
   *[other] ⏳ <b>共 { $total } 项，</b>还有 { $open } 项进行中。
}
progress-batch-more = ……另有 { $count } 项
give-up = 🛑 不再等待
given-up = 我再查看终端一次，然后告诉您结果。终端已接受的修改会保留。

result-given-up = 您已放弃等待，当时还没有通知终端。
result-over = 还没开始就已到结束时间。
result-ended-otherwise = 该用户已不是这次临时修改之后的状态：之后有人改动过。我没有做任何修改。

entry-due = ⏰ 定于 { $when }
entry-late = ⏰ 原定 { $when }，晚了 { $span }执行
span-minutes = { $count } 分钟
span-hours = { $count } 小时
span-days = { $count } 天
entry-until = ⌛ { $when } 自动恢复
entry-ends = ⌛ 临时修改到期
entry-by = 🙋 操作人：{ $actor }
entry-verdict-scheduled = ⏰ 已用验证码确认，等待执行时间
entry-verdict-end-scheduled = ⏰ 将自动恢复
entry-verdict-abandoned = ⚠️ 已放弃等待；不知道终端是否已接受
entry-verdict-moved = ⏰ 已用验证码更改时间
entry-verdict-dropped = ✖ 已在执行前取消
entry-verdict-replaced = ✖ 已取消：该用户在此之前已被修改
entry-verdict-missed = ❓ 未能按时执行。还要执行吗？
entry-batch-outcome = 📋 { $change } · 共 { $total } 项：{ $applied } 项完成，{ $failed } 项未执行{ $abandoned ->
    [0] {""}
   *[other] ，{ $abandoned } 项结果未知
}
entry-shop-setting = ⚙️ { $actor } 设置了错过时间的修改何时先询问：{ $limit }
entry-now = ▶️ 现在执行
entry-waiting = ⏰ 修改或取消

late-limit-never = 从不询问，一律执行
late-limit = { $minutes ->
    [15] 晚 15 分钟以后
    [60] 晚 1 小时以后
    [240] 晚 4 小时以后
    [1440] 晚 1 天以后
   *[other] 晚 { $minutes } 分钟以后
}
change-kind-hand-over = 🔁 交接
caution-waiting = ⏰ 该用户还有一项修改在等待执行，见 /waiting。
caution-ends-session = ⚠️ 到期时，即使该用户已登录也会被重新冻结，登录随之结束。

waiting-list =
    ⏰ <b>待执行的修改</b> · { $shop }
waiting-none = 没有待执行的修改。
waiting-press = 点选一项，可改时间或取消。均为店铺时间。
waiting-row-time = { $mark } { $time } · { $name } · { $change }
waiting-row-turn = { $mark } { $name } · { $change }
waiting-change =
    🏪 { $shop }
    🖥 { $terminal }
    👤 <b>{ $name }</b> · { $number } 号

    { $change }
waiting-due = ⏰ 将于 <b>{ $when }</b> 执行
waiting-missed = ⚠️ 原定于 { $when } 执行，但没有执行。还要执行吗？
waiting-turn = ⏳ 等该用户的另一项修改完成后执行
waiting-until = ⌛ 之后持续到 { $when }
waiting-ends-due = ⌛ 临时修改将于 <b>{ $when }</b> 到期，自动恢复
waiting-by = 🙋 { $actor }，确认于 { $time }
waiting-move = ⏰ 改时间…
waiting-lasts = ⌛ 改到期时间…
waiting-to-end = ⌛ 持续到…
waiting-drop = 🗑 取消这项修改
waiting-end-now = ▶️ 现在就恢复
waiting-keep = ♾ 不再自动恢复
waiting-lasts-ask =
    ⌛ <b>持续到什么时候？</b>在此之前保持不变。
    请点选，或直接输入，例如：到周一早上八点 · 3天 · 90分钟。时长从现在算起。

    店里现在是 { $now }。
amend-check = <b>请核对</b>
amend-from-to = { $from } → <b>{ $to }</b>
amend-move = ⏰ 执行时间：{ $times }
amend-lasts = ⌛ 到期时间：{ $times }
amend-end = ⌛ 有效期：{ $times }
amend-now = ▶️ <b>现在就执行</b>，不再等到原定时间。
amend-end-now = ▶️ <b>现在就恢复</b>，不再等到期。
amend-drop = ✖ <b>这项修改将被取消。</b>不会通知终端。
amend-keep-unfreeze = ♾ 不再自动恢复：该用户将<b>长期冻结</b>。
amend-keep-freeze = ♾ 不再自动恢复：该用户将<b>长期保持正常</b>。
amend-keep-role = ♾ 不再自动恢复：该用户将<b>长期保留现在的角色</b>。
amend-turn = 排队
amend-for-good = 长期
amend-done = ✅ 已确认并记录，操作记录随后发来。
