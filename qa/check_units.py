"""The units and currencies that numbers are told in, and the ways to write them."""

from __future__ import annotations

import re

UNITS = {
    "%": "% ％ ٪ percent per\u2009cent per_cent pct prozent",
    "percentage points": "percentage_point percentage_points pp prozentpunkte",
    "‰": "‰ per_mille permille",
    "$": "$ us$ usd dollar dollars us_dollars",
    "A$": "a$ aud", "C$": "c$ cad", "NZ$": "nz$ nzd", "HK$": "hk$ hkd",
    "€": "€ eur euro euros",
    "£": "£ gbp pound_sterling pounds_sterling",
    "¥": "¥ yen jpy", "₹": "₹ inr rupee rupees", "₽": "₽ rubles roubles", "₩": "₩ krw", "₺": "₺",
    "CHF": "chf swiss_francs", "CNY": "cny rmb yuan",
    "kg": "kg kilogram kilograms kilogramme kilogrammes kilo kilos",
    "g": "g gram grams gramme grammes",
    "mg": "mg milligram milligrams", "µg": "µg μg mcg microgram micrograms",
    "t": "t tonne tonnes",
    "lb": "lb lbs",
    "km": "km kilometre kilometres kilometer kilometers",
    "m": "m metre metres meter meters",
    "cm": "cm centimetre centimetres centimeter centimeters",
    "mm": "mm millimetre millimetres millimeter millimeters",
    "ft": "ft foot feet",
    "in": "inch inches",
    "mi": "mi mile miles",
    "nmi": "nautical_mile nautical_miles",
    "mi/h": "mph",
    "km²": "km² km2 square_kilometres square_kilometers",
    "m²": "m² m2 square_metres square_meters",
    "m³": "m³ m3 cubic_metres cubic_meters",
    "mi²": "mi² square_miles sq_mi",
    "ft²": "ft² square_feet sq_ft",
    "ha": "ha hectare hectares", "acre": "acre acres",
    "l": "l litre litres liter liters",
    "ml": "ml millilitre millilitres milliliter milliliters",
    "s": "s sec second seconds",
    "ms": "ms millisecond milliseconds",
    "min": "min minute minutes",
    "h": "h hr hrs hour hours",
    "day": "day days",
    "week": "week weeks",
    "month": "month months",
    "year": "year years",
    "decade": "decade decades", "century": "century centuries",
    "°C": "°c ℃ degrees_celsius",
    "°F": "°f ℉ degrees_fahrenheit",
    "°": "° degree degrees",
    "kW": "kw kilowatt kilowatts",
    "MW": "mw megawatt megawatts",
    "GW": "gw gigawatt gigawatts",
    "W": "w watt watts",
    "kWh": "kwh", "MWh": "mwh", "GWh": "gwh", "TWh": "twh",
    "V": "v volt volts",
    "Hz": "hz hertz", "kHz": "khz kilohertz", "MHz": "mhz megahertz", "GHz": "ghz gigahertz",
    "kB": "kb kilobyte kilobytes", "MB": "mb megabyte megabytes", "GB": "gb gigabyte gigabytes",
    "TB": "tb terabyte terabytes",
}  # fmt: skip
"""The ways to write each unit, `_` for a blank."""

SHARES = {"%", "‰", "percentage points"}
"""Without one of these a number is another, and not one of which less is said."""

# With "per hour" these are another thing: a speed.
_LENGTHS = {"km", "m", "cm", "mm", "ft", "in", "mi", "nmi"}
_CODES = "usd aud cad nzd hkd eur gbp jpy inr rub krw chf cny rmb"
_UNIT_OF = {word.replace("_", " "): unit for unit, words in UNITS.items() for word in words.split(" ")}
_TIMES = "second minute hour day week month year"

_WORD = "|".join(re.escape(word).replace("\\ ", r"[\s-]") for word in sorted(_UNIT_OF, key=len, reverse=True))
UNIT = rf"(?:{_WORD})[²³]?(?:/[^\W\d_]+[²³]?|\sper\s(?:{_TIMES.replace(' ', '|')}))?(?!\w|/[^\W\d_])"
"""A pattern of any unit, to be used without regard to case."""

CURRENCY = rf"(?:US|NZ|HK|A|C)?\$|[€£¥₹₽₩₺]|(?:{_CODES.replace(' ', '|')})(?=\s?\d)"
"""A pattern of what stands before a sum, to be used without regard to case."""


def unit_named(written: str | None) -> str:
    """The unit that is written so; empty if there is none. One per another has both: km/h."""
    if not written:
        return ""
    words = " ".join(written.lower().replace("-", " ").split()).replace(" per ", "/")
    words, slash, other = (words, "", "") if words in _UNIT_OF else words.partition("/")
    power = words[-1] if words not in _UNIT_OF and words[-1:] in {"²", "³"} else ""
    return _UNIT_OF.get(words.removesuffix(power), "") + power + slash + _UNIT_OF.get(other, other)


def may_say_less(unit: str, other: str) -> bool:
    """True if a number of the unit `other` may be told with only `unit`: $5 for $5 per hour, but not 5 km."""
    whole = other.partition("/")[0]
    return unit == other or (not unit and other not in SHARES) or (unit == whole and unit not in _LENGTHS)
