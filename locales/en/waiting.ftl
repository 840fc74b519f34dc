# Changes that wait for their time, end by themselves, go together or are given up.
progress-scheduled = ⏰ <b>Scheduled.</b> It will be done { $when }, shop time.
progress-turn = ⏳ <b>Waiting its turn.</b> Another change of this user is not finished; this one follows it.
progress-missed = ⏰ <b>Not done yet.</b> It was due { $when } and could not be done then. Do you still want it?
progress-until = ⌛ Ends by itself { $when }.
progress-no-end = ⌛ If the till has taken it, it will not end by itself: I never saw that it began.
progress-abandoned = ⚠️ <b>Given up.</b> I do not know whether the till has taken this change. Please look at the till before you repeat it. Nothing was undone.
progress-dropped = ✖ <b>Dropped.</b> The till was not asked; nothing was changed.
progress-batch = { $open ->
    [0] 📋 <b>All { $total } are over.</b>
   *[other] ⏳ <b>{ $total } together,</b> { $open } still under way.
}
progress-batch-more = … and { $count } more
give-up = 🛑 Do not wait any longer
given-up = I look at the till a last time and then tell you. What it has taken stays.

result-given-up = You did not want to wait any longer, and the till had not been asked.
result-over = It was to end before it could begin.
result-ended-otherwise = The user is no longer as this temporary change left them: somebody has changed it since. I left everything as it is.

entry-due = ⏰ Due { $when }
entry-late = ⏰ Was due { $when }; done { $span } late
span-minutes = { $count } minutes
span-hours = { $count } hours
span-days = { $count } days
entry-until = ⌛ Ends by itself { $when }
entry-ends = ⌛ The end of a temporary change
entry-by = 🙋 By { $actor }
entry-verdict-scheduled = ⏰ Confirmed with a code; waits for its time
entry-verdict-end-scheduled = ⏰ Will end by itself
entry-verdict-abandoned = ⚠️ Given up; whether the till has taken it is not known
entry-verdict-moved = ⏰ Its time was changed with a code
entry-verdict-dropped = ✖ Dropped before its time
entry-verdict-replaced = ✖ Dropped: the user was changed before its time
entry-verdict-missed = ❓ Not done at its time. Do you still want it?
entry-batch-outcome = 📋 { $change } · { $total } together: { $applied } done, { $failed } not done{ $abandoned ->
    [0] {""}
   *[other] , { $abandoned } not known
}
entry-shop-setting = ⚙️ { $actor } chose when late changes are asked about: { $limit }
entry-now = ▶️ Do it now
entry-waiting = ⏰ Change or cancel

late-limit-never = never, they are always done
late-limit = { $minutes ->
    [15] after 15 minutes
    [60] after 1 hour
    [240] after 4 hours
    [1440] after 1 day
   *[other] after { $minutes } minutes
}
change-kind-hand-over = 🔁 Hand over
caution-waiting = ⏰ Another change of this user waits for its time; see /waiting.
caution-ends-session = ⚠️ When this ends, the user is frozen again even if signed in: their session ends.

waiting-list =
    ⏰ <b>Waiting changes</b> · { $shop }
waiting-none = Nothing waits.
waiting-press = Press one to change or drop it. Times are the shop's.
waiting-row-time = { $mark } { $time } · { $name } · { $change }
waiting-row-turn = { $mark } { $name } · { $change }
waiting-change =
    🏪 { $shop }
    🖥 { $terminal }
    👤 <b>{ $name }</b> · No. { $number }

    { $change }
waiting-due = ⏰ Will be done <b>{ $when }</b>
waiting-missed = ⚠️ Was due { $when } and has not been done. Do you still want it?
waiting-turn = ⏳ Waits until another change of this user is finished
waiting-until = ⌛ Then until { $when }
waiting-ends-due = ⌛ Ends a temporary change <b>{ $when }</b>
waiting-by = 🙋 By { $actor }, confirmed { $time }
waiting-move = ⏰ Another time…
waiting-lasts = ⌛ Lasts until…
waiting-to-end = ⌛ Until…
waiting-drop = 🗑 Drop it
waiting-end-now = ▶️ End it now
waiting-keep = ♾ Keep it for good
waiting-lasts-ask =
    ⌛ <b>Until when shall it last?</b> Until then it stays as it is.
    Press one, or type it: until Monday 08:00 · for 3 days · for 90 minutes. A span counts from now.

    In the shop it is { $now }.
amend-check = <b>Please check</b>
amend-from-to = { $from } → <b>{ $to }</b>
amend-move = ⏰ When: { $times }
amend-lasts = ⌛ Lasts until: { $times }
amend-end = ⌛ Until: { $times }
amend-now = ▶️ <b>It is done now</b> and not at its time.
amend-end-now = ▶️ <b>It ends now</b> and not at its time.
amend-drop = ✖ <b>It is dropped.</b> The till will not be asked.
amend-keep-unfreeze = ♾ It does not end by itself any more: the user <b>stays frozen for good</b>.
amend-keep-freeze = ♾ It does not end by itself any more: the user <b>stays active for good</b>.
amend-keep-role = ♾ It does not end by itself any more: the user <b>keeps the present role for good</b>.
amend-turn = its turn
amend-for-good = for good
amend-done = ✅ Confirmed and recorded. The entry follows.
