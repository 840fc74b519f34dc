"""What a Chinese speaker types of a time -> neutral words (`changes.wording`)."""

_UNITS = {
    "分钟": "minute", "分": "min", "刻": "quarter", "刻钟": "quarter",
    "小时": "hour", "个小时": "hour", "钟头": "hour", "个钟头": "hour", "个钟": "hour", "个半": "half", "半": "half",
    "天": "day", "周": "week", "星期": "week", "个星期": "week", "礼拜": "week", "个礼拜": "week",
}  # fmt: skip

_DAY_PARTS = {
    "点": "oclock", "点钟": "oclock", "时": "oclock", "整": "",
    "凌晨": "dawn", "早上": "morning", "早晨": "morning", "清晨": "morning", "上午": "morning", "早": "morning",
    "中午": "noon", "正午": "noon", "下午": "afternoon", "傍晚": "evening",
    "晚上": "night", "夜里": "night", "晚": "night", "半夜": "midnight", "午夜": "midnight",
}  # fmt: skip

_DAYS = {
    "今天": "day+0", "今日": "day+0", "今早": "day+0 morning", "今晚": "day+0 night",
    "明天": "day+1", "明日": "day+1", "明早": "day+1 morning", "明晚": "day+1 night",
    "后天": "day+2", "大后天": "day+3",
    "本": "week+0", "这": "week+0", "这个": "week+0",
    "下": "week+1", "下个": "week+1", "下下": "week+2", "下下个": "week+2",
    "年": "year", "月": "month", "日": "date", "号": "date",
}  # fmt: skip

_WEEKDAYS = {"一": "mon", "二": "tue", "三": "wed", "四": "thu", "五": "fri", "六": "sat", "日": "sun", "天": "sun"}

_SENSES = {
    "到": "until", "直到": "until", "至": "until", "截止到": "until", "截至": "until", "为止": "until",
    "为期": "for", "持续": "for", "过": "in", "后": "later", "之后": "later", "以后": "later",
    "从": "from", "起": "from", "开始": "from", "在": "", "的": "",
}  # fmt: skip

WORDS: dict[str, str] = {
    **_UNITS,
    **_DAY_PARTS,
    **_DAYS,
    **{f"{week}{day}": name for week in ("周", "星期", "礼拜") for day, name in _WEEKDAYS.items()},
    **_SENSES,
}

_DIGITS = {digit: number for number, digit in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}

#: Up to 999, well formed: two digits side by side are no number.
NUMERAL = "(?:[一二两三四五六七八九]百)?[零〇]?(?:[一二三四五六七八九]?十)?[一二两三四五六七八九]?"


def number(numeral: str) -> int:
    """The number that a text matching `NUMERAL` writes."""
    total = digit = 0
    for character in numeral:
        if character in "十百":
            total += (digit or 1) * (10 if character == "十" else 100)
            digit = 0
        else:
            digit = _DIGITS[character]
    return total + digit
