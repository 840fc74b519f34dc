"""What an English speaker types of a time -> neutral words (`changes.wording`)."""

_NUMBERS = {
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7",
    "eight": "8", "nine": "9", "ten": "10", "eleven": "11", "twelve": "12", "fifteen": "15", "twenty": "20",
    "thirty": "30", "sixty": "60", "ninety": "90", "half": "half", "a half": "half", "half a": "half",
    "half an": "half", "a minute": "1 minute", "an hour": "1 hour", "a day": "1 day", "a week": "1 week",
}  # fmt: skip

_UNITS = {
    "m": "minute", "min": "minute", "mins": "minute", "minute": "minute", "minutes": "minute",
    "h": "hour", "hr": "hour", "hrs": "hour", "hour": "hour", "hours": "hour",
    "d": "day", "day": "day", "days": "day", "w": "week", "wk": "week", "week": "week", "weeks": "week",
}  # fmt: skip

_DAY_PARTS = {
    "o'clock": "oclock", "o’clock": "oclock",
    "am": "am", "a.m.": "am", "a.m": "am", "pm": "pm", "p.m.": "pm", "p.m": "pm",
    "morning": "morning", "in the morning": "morning", "this morning": "day+0 morning",
    "noon": "noon", "midday": "noon",
    "afternoon": "afternoon", "in the afternoon": "afternoon", "this afternoon": "day+0 afternoon",
    "evening": "evening", "in the evening": "evening", "this evening": "day+0 evening",
    "night": "night", "at night": "night", "tonight": "day+0 night",
    "midnight": "midnight", "end of": "24:00", "end of day": "day+0 24:00", "end of the day": "day+0 24:00",
}  # fmt: skip

_DAYS = {
    "today": "day+0", "tomorrow": "day+1", "tmrw": "day+1",
    "day after tomorrow": "day+2", "the day after tomorrow": "day+2",
    "monday": "mon", "mon": "mon", "tuesday": "tue", "tues": "tue", "tue": "tue", "wednesday": "wed", "wed": "wed",
    "thursday": "thu", "thurs": "thu", "thur": "thu", "thu": "thu", "friday": "fri", "fri": "fri",
    "saturday": "sat", "sat": "sat", "sunday": "sun", "sun": "sun",
    "this": "week+0", "this week": "week+0", "next": "next", "next week": "week+1",
    "st": "date", "nd": "date", "rd": "date", "th": "date",
}  # fmt: skip

_MONTHS = {
    "january": 1, "jan": 1, "february": 2, "feb": 2, "march": 3, "mar": 3, "april": 4, "apr": 4, "may": 5,
    "june": 6, "jun": 6, "july": 7, "jul": 7, "august": 8, "aug": 8, "september": 9, "sept": 9, "sep": 9,
    "october": 10, "oct": 10, "november": 11, "nov": 11, "december": 12, "dec": 12,
}  # fmt: skip

_SENSES = {
    "until": "until", "till": "until", "'til": "until", "til": "until", "for": "for", "in": "in", "after": "in",
    "later": "later", "from now": "later", "from": "from", "starting": "from", "at": "at",
    "on": "", "the": "", "of": "", "and": "",
}  # fmt: skip

WORDS: dict[str, str] = {
    **_NUMBERS,
    **_UNITS,
    **_DAY_PARTS,
    **_DAYS,
    **{name: f"{number} month" for name, number in _MONTHS.items()},
    **_SENSES,
}
