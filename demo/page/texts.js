// Every text of the page, English and Chinese side by side.
import { emit } from "./state.js";

const LANGUAGES = ["en", "zh"];
const REMEMBERED = "tillkeeper.language";

const TEXTS = {
  "page.title": ["Tillkeeper demo", "掌柜演示"],
  "page.demo": ["Demo", "演示"],
  "page.language": ["Language of this page", "本页语言"],
  "page.people": ["Who are you?", "您是谁？"],
  "page.telegram": ["Telegram in", "Telegram 语言"],
  "page.offline": ["The bot is not running at the moment. It answers as soon as it is back.", "机器人暂未运行，恢复后会立即回复。"],
  "page.disconnected": ["No connection to the demo. Trying again…", "与演示服务器的连接已断开，正在重新连接…"],
  "part.owner": ["Shop owner", "店主"],
  "part.staff": ["Staff", "店员"],
  "part.agent": ["Support agent", "客服"],
  "tab.label": ["Parts of the demo", "演示的各部分"],
  "tab.chats": ["Chats", "聊天"],
  "tab.till": ["Till", "收银机"],
  "tab.authenticator": ["Authenticator", "验证器"],
  "tab.new": ["new message", "有新消息"],

  "guide.title": ["Try it", "试一试"],
  "guide.claim": ["As the shop owner, open the invitation.", "以店主身份打开邀请。"],
  "guide.scan": ["Scan the QR code and send the code of the authenticator.", "扫描二维码，发送验证器给出的验证码。"],
  "guide.change": ["Give a cashier a new PIN.", "给一位收银员换新的密码。"],
  "guide.till": ["Sign in at the till with it.", "用新密码登录收银机。"],

  "chats.not-started": ["Press Start to begin", "点“开始”即可使用"],
  "chats.photo": ["Photo", "图片"],
  "chats.you": ["You: {text}", "您：{text}"],
  "chats.unread": ["{count} unread", "{count} 条未读"],
  "chat.back": ["Back to the chats", "返回聊天列表"],
  "chat.bot": ["bot", "机器人"],
  "chat.group": ["group", "群组"],
  "chat.typing": ["typing…", "正在输入…"],
  "chat.more": ["More about this chat", "更多"],
  "chat.block": ["Block the bot", "屏蔽机器人"],
  "chat.unblock": ["Unblock the bot", "取消屏蔽"],
  "chat.blocked": ["The bot is blocked: it can no longer write to you.", "已屏蔽机器人，它无法再给您发消息。"],
  "chat.unblocked": ["The bot may write to you again.", "已取消屏蔽，机器人可以再给您发消息。"],
  "chat.pick": ["Choose a chat to read it here", "选择一个聊天开始阅读"],
  "chat.nothing": ["No messages here yet", "这里还没有消息"],
  "chat.latest": ["To the latest message", "回到最新消息"],
  "chat.what": ["What can this bot do?", "这个机器人能做什么？"],
  "day.today": ["Today", "今天"],
  "day.yesterday": ["Yesterday", "昨天"],

  "message.edited": ["edited", "已编辑"],
  "message.protected": ["Protected: cannot be copied or forwarded", "受保护：不能复制或转发"],
  "message.spoiler": ["Hidden text, press to show", "隐藏内容，点按显示"],
  "message.menu": ["What to do with this message", "对此消息的操作"],
  "message.reply": ["Reply", "回复"],
  "message.edit": ["Edit", "编辑"],
  "message.copy": ["Copy text", "复制文字"],
  "message.delete": ["Delete", "删除"],
  "message.scan": ["Scan with the authenticator", "用验证器扫描"],
  "message.photo": ["Show the picture larger", "查看大图"],
  "message.gone": ["Deleted message", "消息已删除"],
  "message.copied": ["Copied", "已复制"],
  "message.not-copied": ["Copying is not allowed here", "此处无法复制"],
  "close": ["Close", "关闭"],
  "ok": ["OK", "好的"],

  "composer.label": ["Message", "消息"],
  "composer.hint": ["Write a message", "输入消息"],
  "composer.send": ["Send", "发送"],
  "composer.save": ["Save", "保存"],
  "composer.commands": ["Commands of the bot", "机器人命令"],
  "composer.attach": ["Attach a photo", "添加图片"],
  "composer.caption": ["Add a caption", "添加说明"],
  "composer.cancel": ["Cancel", "取消"],
  "composer.editing": ["Edit message", "编辑消息"],
  "composer.replying": ["Reply to {name}", "回复 {name}"],
  "composer.not-photo": ["This file is not a picture", "该文件不是图片"],
  "start.plain": ["Start", "开始"],
  "start.invited": ["Open the invitation", "打开邀请"],
  "start.waiting": ["You have an invitation to look after a shop.", "您收到一份管理店铺的邀请。"],

  "till.title": ["Till", "收银机"],
  "till.terminals": ["Terminal", "终端"],
  "till.number": ["Operator number", "操作员编号"],
  "till.no": ["No.", "编号"],
  "till.pin": ["PIN", "密码"],
  "till.keypad": ["Keypad", "数字键盘"],
  "till.erase": ["Erase the last digit", "删除一位"],
  "till.clear": ["Clear", "清除"],
  "till.sign-in": ["Sign in", "登录"],
  "till.sign-out": ["Sign out", "退出"],
  "till.ready": ["Closed. Sign in to sell.", "未登录，请登录后收银。"],
  "till.welcome": ["Welcome {name}, {role}", "欢迎，{name}（{role}）"],
  "till.wrong": ["Wrong number or PIN", "编号或密码不正确"],
  "till.frozen": ["This user is frozen and may not sign in", "该用户已被冻结，无法登录"],
  "till.incomplete": ["Type the operator number and the PIN", "请输入操作员编号和密码"],
  "till.open": ["signed in", "已登录"],
  "till.none": ["The till opens when the shop is ready.", "店铺准备好后即可使用收银机。"],
  "till.sample": ["Try it as", "可用来试登录"],
  "till.sample-note": ["First PINs. Once changed in the chat, only the new one works.", "初始密码。在聊天中修改后，只有新的有效。"],
  "till.fault": ["Make the till fail", "让收银机出故障"],
  "till.fault-left": ["{count} more times", "还有 {count} 次"],
  "till.fault-once": ["once more", "还有 1 次"],
  "fault.fine": ["works fine", "正常"],
  "fault.slow": ["is slow", "响应很慢"],
  "fault.down": ["is down", "无法连接"],
  "fault.refused": ["refuses", "拒绝更改"],
  "fault.lost": ["loses its answer", "应答丢失"],
  "role.cashier": ["cashier", "收银员"],
  "role.supervisor": ["supervisor", "主管"],
  "role.manager": ["manager", "经理"],

  "authenticator.title": ["Authenticator", "验证器"],
  "authenticator.empty": ["No account yet", "还没有账户"],
  "authenticator.empty-note": ["When the bot shows a QR code, press “Scan with the authenticator” under it.", "机器人显示二维码时，点它下方的“用验证器扫描”。"],
  "authenticator.copy": ["Copy the code", "复制验证码"],
  "authenticator.paste": ["Paste into the chat", "填入聊天"],
  "authenticator.remove": ["Remove", "移除"],
  "authenticator.remove-sure": ["Remove “{label}”? The codes of this account can then no longer be made here.", "移除“{label}”？之后将无法在此生成该账户的验证码。"],
  "authenticator.added": ["Added: {label}", "已添加：{label}"],
  "authenticator.removed": ["Removed", "已移除"],
  "authenticator.no-qr": ["There is no QR code of an authenticator in this picture", "图片中没有验证器二维码"],
  "authenticator.type": ["Type a key instead", "手动输入密钥"],
  "authenticator.label": ["Name of the account", "账户名称"],
  "authenticator.key": ["Key", "密钥"],
  "authenticator.add": ["Add", "添加"],
  "authenticator.bad-key": ["This is not a valid key", "密钥无效"],
  "authenticator.seconds": ["{count} s left", "剩余 {count} 秒"],

  "error.network": ["The demo does not answer. Is it still running?", "演示服务器没有响应，它还在运行吗？"],
  "error.server": ["That did not work: {reason}", "操作未成功：{reason}"],
  "error.page": ["Something went wrong on this page: {reason}", "页面出错：{reason}"],
};

let current = remembered() ?? (navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en");

function remembered() {
  const kept = localStorage.getItem(REMEMBERED);
  return LANGUAGES.includes(kept) ? kept : null;
}

export const language = () => current;

/** The tag for Intl and for the lang attribute. */
export const locale = () => (current === "zh" ? "zh-Hans" : "en-GB");

/** The text of `key` in the page's language, its {places} filled from `values`. */
export function text(key, values = {}) {
  const row = TEXTS[key];
  if (!row) return key;
  return row[LANGUAGES.indexOf(current)].replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

/** The text of `key`, or `other` where the table has no such key (a role a till invents). */
export const textOr = (key, other) => (key in TEXTS ? text(key) : other);

/** Fills the elements of index.html that name their text: data-text, data-label, data-hint, data-title. */
export function fillStaticTexts() {
  document.documentElement.lang = locale();
  document.title = text("page.title");
  for (const node of document.querySelectorAll("[data-text]")) node.textContent = text(node.dataset.text);
  for (const node of document.querySelectorAll("[data-label]")) {
    node.setAttribute("aria-label", text(node.dataset.label));
    if (node.tagName === "BUTTON") node.title = text(node.dataset.label);
  }
  for (const node of document.querySelectorAll("[data-hint]")) node.placeholder = text(node.dataset.hint);
}

export function speak(chosen) {
  current = chosen;
  localStorage.setItem(REMEMBERED, chosen);
  fillStaticTexts();
  emit("language");
}
