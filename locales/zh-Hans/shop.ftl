entry-shop-edited = 🛠 机器人的运行方在服务器上更改了设置
shop-edited-name = 🏪 店名：{ $before } → { $after }
shop-edited-zone = 🕒 时区：{ $before } → { $after }
shop-edited-options = 🔌 连接收银系统的方式（{ $options }）
entry-shop-removed = 🗑 机器人的运行方已在服务器上移除店铺“{ $name }”。我不会再修改它的收银系统；收银系统本身保持不变。{ $dropped ->
    [0] {""}
   *[other] 有 { $dropped } 项修改尚未完成，已放弃：请到终端上查看。
}
