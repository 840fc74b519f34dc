# What Telegram shows of the bot: at most 256 characters a command, 512 the description, 120 the short one.
bot-name = Tillkeeper
bot-description =
    Tillkeeper changes who may use your shop's point-of-sale terminals: names, PINs, roles, freezing. Every change needs a code from your authenticator and leaves an entry that cannot be altered unseen.
bot-short-description = Change the users of your point-of-sale terminals, safely, from your phone.
command-menu = The menu
command-change = Change a terminal user
command-waiting = Changes that wait for their time
command-audit = Who changed what, and when
command-till = What the till can do
command-language = English or 中文
command-help = What I can do
command-cancel = Stop what we are doing
