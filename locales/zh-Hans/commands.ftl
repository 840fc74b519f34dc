# Telegram 展示的机器人信息。
bot-name = 掌柜 Tillkeeper
bot-description =
    掌柜 Tillkeeper 帮您管理谁可以使用店里的收银终端：姓名、密码、角色、冻结。每次修改都需要验证器的验证码，并留下无法被暗中改动的记录。
bot-short-description = 用手机安全地修改收银终端的用户。
command-menu = 菜单
command-change = 修改终端用户
command-waiting = 等待执行的修改
command-audit = 谁在什么时候改了什么
command-till = 收银系统能做什么
command-language = 中文或 English
command-help = 我能做什么
command-cancel = 停止当前操作
