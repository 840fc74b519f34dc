entry-shop-edited = 🛠 Changed on the server, by whoever runs this bot
shop-edited-name = 🏪 Name: { $before } → { $after }
shop-edited-zone = 🕒 Time zone: { $before } → { $after }
shop-edited-options = 🔌 How I reach the till ({ $options })
entry-shop-removed = 🗑 The shop { $name } was removed on the server, by whoever runs this bot. I no longer change anything at its till; the till itself stays as it is.{ $dropped ->
    [0] {""}
    [one] {" "}One change was not finished and was given up: please look at the till.
   *[other] {" "}{ $dropped } changes were not finished and were given up: please look at the till.
}
