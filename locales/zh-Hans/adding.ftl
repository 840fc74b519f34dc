# 添加用户与交接。
add-number =
    🖥 <b>{ $terminal }</b>

    ➕ <b>新用户</b>
add-number-instead =
    🖥 <b>{ $terminal }</b>

    🔁 <b>谁来接替 { $old }（{ $old_number } 号）？</b>
    { $old } 会被冻结，以前的记录仍归其名下；新用户使用自己的操作员号。
add-number-digits = <b>请输入操作员号</b>，{ $shortest } 到 { $longest } 位数字。
add-number-signs = <b>请输入操作员号</b>，{ $shortest } 到 { $longest } 个字符。
add-name =
    ➕ { $number } 号

    <b>请输入姓名。</b> 最多 { $longest } 个字。
add-role =
    ➕ <b>{ $name }</b> · { $number } 号

    <b>是什么角色？</b>
add-preview =
    <b>请核对</b>

    🏪 { $shop }
    🖥 { $terminal }

    { $change }
add-goes = ❄️ <b>{ $name }</b>（{ $number } 号）将被冻结
add-secret-pin = 🔢 使用您输入的密码
add-secret-pin-made = 🔢 密码由我生成，只显示一次
add-secret-password = 🔑 使用您输入的密码
add-secret-password-made = 🔑 密码由我生成，只显示一次
add-secret-at-till = 🔢 密码由使用的人在终端上自己输入
