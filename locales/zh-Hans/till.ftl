# 店里的收银系统能做什么：/till。
menu-till = 🖥️ 收银系统
till-card = 🖥️ <b>{ $shop } 的收银系统</b>
till-can-native = ✅ { $change }
till-can-emulated = ☑️ { $change }：用其他方式实现，确认前会说明
till-can-guided = 📋 { $change }：由终端旁的人按步骤操作
till-can-none = ➖ { $change }：这套系统不支持由我操作
till-scope-terminal = 每台终端各有自己的用户。
till-scope-shop = 一个用户可用于所有终端：修改在所有终端生效。
till-ends-sessions = 冻结时可以强制已登录的人退出。
till-leaves-sessions = 据我所知，冻结时已登录的人可能可以继续使用，直到退出为止。
till-minds-others = 如果别人在此期间改了该用户，系统会拒绝，不会覆盖别人的修改。
till-minds-nobody = ⚠️ 如果别人在同一时刻修改该用户，其中一项修改可能会丢失。
till-reads-pin = 修改后，我可以核对新密码是否生效。
till-reads-no-pin = ⚠️ 新密码是否生效无法读回：请在终端上试一下。
till-evidence-real-server = 🧪 已在真实系统上验证。
till-evidence-specification = 📄 只对照厂商公开的规范验证过，未在真实系统上验证。
till-evidence-unconfirmed = ❔ 未经证实：还没有人验证过。
