#!/usr/bin/env python3
"""Writes amounts.txt: what Python's decimal module says amounts must come to.

One line per case, fields parted by blanks: an operation, its operands, the expected result. A result is a plain
decimal or the word `overflow`, `outOfRange`, `tooManyDecimals`, `notANumber` or `divisionByZero`. Run it as
`python3 generate.py > amounts.txt`; the seed is fixed, so the same Python writes the same file.
"""

import random
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext

LIMIT = Decimal(10) ** 20
STEP = Decimal(1).scaleb(-18)
random.seed(20240102)


def plain(value):
    """A decimal as Coffer prints it: no exponent, no trailing zeros, no negative zero."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def bounded(value, word="overflow"):
    """The value rounded once to 18 decimals, or the word for its being out of range."""
    rounded = value.quantize(STEP, rounding=ROUND_HALF_EVEN)
    return word if abs(rounded) >= LIMIT else plain(rounded)


def divide(numerator, denominator):
    """Numerator / denominator rounded half-even to 18 decimals, through integers so that it is rounded once."""
    if denominator == 0:
        return "divisionByZero"
    scaled_numerator = int(numerator.scaleb(72))
    scaled_denominator = int(denominator.scaleb(72))
    top = abs(scaled_numerator) * 10**18
    bottom = abs(scaled_denominator)
    quotient, remainder = divmod(top, bottom)
    if remainder * 2 > bottom or (remainder * 2 == bottom and quotient % 2 == 1):
        quotient += 1
    if quotient >= 10**38:
        return "overflow"
    negative = (numerator < 0) != (denominator < 0)
    return plain(Decimal(-quotient if negative else quotient).scaleb(-18))


def amount(scale_low=-18, scale_high=19):
    """A random amount with a random number of digits at a random place; often a special one."""
    special = random.random()
    if special < 0.04:
        return Decimal(0)
    if special < 0.10:
        return random.choice([1, -1]) * (LIMIT - STEP * random.randrange(1, 4))
    if special < 0.16:
        return random.choice([1, -1]) * STEP * random.randrange(1, 6)
    if special < 0.22:
        return random.choice([1, -1]) * Decimal(10) ** random.randrange(-18, 20)
    top = random.randint(scale_low, scale_high)
    bottom = random.randint(-18, top)
    digits = random.randrange(1, 10 ** (top - bottom + 1))
    return random.choice([1, -1]) * Decimal(digits).scaleb(bottom)


def modest():
    """An amount such as balances and prices are: products of two stay in range."""
    decimals = random.choice([0, 2, 4, 8, 18])
    digits = random.randrange(0, 10 ** random.randint(1, 8 + decimals))
    return random.choice([1, 1, 1, -1]) * Decimal(digits).scaleb(-decimals)


def tie_product():
    """Two amounts whose product lies exactly between two counts of 10^-18."""
    first = Decimal(random.randrange(1, 2 * 10**9) * 2 + 1).scaleb(-10)
    second = Decimal(5).scaleb(-9)
    return random.choice([1, -1]) * first, second


def emit(*fields):
    print(" ".join(f if isinstance(f, str) else plain(f) for f in fields))


def parse_cases():
    for _ in range(300):
        value = amount()
        emit("parse", plain(value), plain(value))
    for _ in range(100):
        value = abs(amount())
        text = plain(value)
        padded = "0" * random.randrange(0, 30) + text
        padded += ("" if "." in text else ".") + "0" * random.randrange(1, 40)
        emit("parse", random.choice(["+", ""]) + padded, text)
    for _ in range(40):
        digits = str(random.randrange(1, 10**18)).zfill(18)
        emit("parse", f"{random.randrange(0, 1000)}.{digits}{random.randrange(1, 10)}", "tooManyDecimals")
        emit("parse", str(10**20 + random.randrange(0, 10**20)), "outOfRange")
    for text in ["100000000000000000000", "-100000000000000000000.0", "99999999999999999999.9999999999999999991"]:
        emit("parse", text, "tooManyDecimals" if text.endswith("1") else "outOfRange")


def scientific_text():
    digits = str(random.randrange(0, 10 ** random.randint(1, 30)))
    if random.random() < 0.2:
        digits = "0" * random.randrange(1, 5) + digits
    if random.random() < 0.7:
        digits += "." + str(random.randrange(0, 10 ** random.randint(1, 25))).zfill(random.randrange(1, 25))
    exponent = random.choice(["", f"e{random.randrange(0, 30)}", f"E+{random.randrange(0, 10):02}", f"e-{random.randrange(0, 45):03}"])
    return random.choice(["", "-", "+"]) + digits + exponent


def exact(value):
    if abs(value) >= LIMIT:
        return "outOfRange"
    if value != value.quantize(STEP):
        return "tooManyDecimals"
    return plain(value)


def scientific_cases():
    texts = [scientific_text() for _ in range(500)]
    texts += ["1e-05", "1.5E3", "1e999999999", "0e999999999", "1e-18", "1e-19", "10e-19", "1e19", "1e20", "9.9e19"]
    texts += ["5e-19", "15e-19", "25e-19", "5.0000000001e-19", "4.9999e-19", "99999999999999999999.9999999999999999995"]
    texts += ["99999999999999999999.9999999999999999994", "1e-999999999", "0.1e21", "0.01e21", "0.000e-99999"]
    for text in texts:
        huge = text.lower().rpartition("e")[2]
        if huge in ("999999999", "-999999999"):
            zero = text.startswith("0e")
            emit("scientific", text, "0" if zero else "outOfRange" if huge[0] == "9" else "tooManyDecimals")
            emit("rounding", text, "0" if zero or huge[0] == "-" else "outOfRange")
            continue
        value = Decimal(text)
        emit("scientific", text, exact(value))
        emit("rounding", text, bounded(value, "outOfRange"))


def arithmetic_cases():
    for _ in range(250):
        first, second = (amount(), amount()) if random.random() < 0.6 else (modest(), modest())
        emit("add", first, second, bounded(first + second))
        emit("subtract", first, second, bounded(first - second))
    for _ in range(350):
        first, second = (amount(), amount()) if random.random() < 0.4 else (modest(), modest())
        emit("multiply", first, second, bounded(first * second))
        emit("divide", first, second, divide(first, second))
    for _ in range(100):
        first, second = tie_product()
        emit("multiply", first, second, bounded(first * second))
    for _ in range(60):
        odd = STEP * (random.randrange(0, 10**12) * 2 + 1)
        emit("divide", odd, Decimal(2), divide(odd, Decimal(2)))
        emit("divide", -odd, Decimal(2), divide(-odd, Decimal(2)))
    for _ in range(400):
        parts = [amount(), amount(), amount()] if random.random() < 0.5 else [modest(), modest(), modest()]
        emit("muldiv", *parts, divide(parts[0] * parts[1], parts[2]))


def rounding_cases():
    for decimals in range(19):
        for _ in range(12):
            value = amount()
            result = value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_EVEN)
            emit("round", value, str(decimals), "overflow" if abs(result) >= LIMIT else plain(result))
        if decimals == 18:
            continue
        for last in range(10):
            tie = Decimal(random.randrange(0, 10**6) * 10 + last).scaleb(-decimals) + Decimal(5).scaleb(-decimals - 1)
            for value in (tie, -tie) if decimals == 17 else (tie, -tie, tie + STEP, tie - STEP):
                result = value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_EVEN)
                emit("round", value, str(decimals), plain(result))


def sum_cases():
    for _ in range(60):
        count = random.randrange(0, 12)
        wild = random.random() < 0.3
        pairs = [(amount(), amount()) if wild else (modest(), modest()) for _ in range(count)]
        fields = [value for pair in pairs for value in pair]
        emit("sum", *fields, bounded(sum((a * b for a, b in pairs), Decimal(0))))
        divisor = amount() if wild else modest()
        emit("sumdiv", *fields, divisor, divide(sum((a * b for a, b in pairs), Decimal(0)), divisor))


with localcontext(Context(prec=400, Emax=10**6, Emin=-(10**6))):
    parse_cases()
    scientific_cases()
    arithmetic_cases()
    rounding_cases()
    sum_cases()
