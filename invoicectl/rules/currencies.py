"""A currency is an ISO 4217 code; the standard also fixes how many decimals its amounts have.

List one of the standard, as published on 2026-01-01, with the funds codes. Metals, units of
account and test codes have no minor unit there, so nothing can be billed in them. The decimals are
the standard's, not those of CLDR, by which some currencies are printed shorter.

>>> digits("EUR"), digits("JPY"), digits("KWD"), digits("RSD")
(2, 0, 3, 2)
>>> read("eur")
'EUR'
>>> read("EUX")
Traceback (most recent call last):
ValueError: is not an ISO 4217 currency code; did you mean EUR?
"""

_CODES_BY_DIGITS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: """
        AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD
        CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS
        GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD
        LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB
        PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP
        SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW
        ZWG
    """,
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}

MINOR_DIGITS: dict[str, int] = {
    code: count for count, codes in _CODES_BY_DIGITS.items() for code in codes.split()
}

MOST_DIGITS = max(MINOR_DIGITS.values())

_SUCCESSORS = {
    "ANG": "XCG", "BGN": "EUR", "BYR": "BYN", "CUC": "CUP", "EEK": "EUR", "HRK": "EUR",
    "LTL": "EUR", "LVL": "EUR", "MRO": "MRU", "SLL": "SLE", "STD": "STN", "VEF": "VES",
    "ZMK": "ZMW", "ZWL": "ZWG",
}  # fmt: skip

_NICKNAMES = {"NTD": "TWD", "RMB": "CNY", "STG": "GBP", "UKP": "GBP"}

# Of several codes that are as near to a misspelling, the one people write most is meant.
_COMMON = ("USD", "EUR", "GBP", "JPY", "CNY", "CAD", "AUD", "CHF", "INR", "SEK", "NOK", "PLN")


def digits(currency: str) -> int:
    """Return how many decimals amounts of a currency have; the code is upper-case and exact.

    >>> digits("ISK"), digits("MGA"), digits("IQD"), digits("CLF")
    (0, 2, 3, 4)

    Raises:
        ValueError: It is no active code; the nearest one is named.
    """
    try:
        return MINOR_DIGITS[currency]
    except KeyError:
        raise ValueError(_refusal(currency)) from None


def scale(currency: str) -> int:
    """Return what brings minor units to ten-thousandths, in which all currencies compare.

    >>> scale("JPY"), scale("EUR"), scale("KWD"), scale("CLF")
    (10000, 100, 10, 1)
    """
    return int(10 ** (MOST_DIGITS - digits(currency)))


def read(text: str) -> str:
    """Return the code that a person wrote in any case.

    >>> read("Chf")
    'CHF'

    Raises:
        ValueError: It is no active code; the nearest one is named.
    """
    code = text.upper() if text.isascii() else text
    digits(code)
    return code


def _refusal(text: str) -> str:
    """Say that a text is no currency code, and which one was probably meant.

    >>> _refusal("HRK")
    'is not an ISO 4217 currency code any more; EUR took its place'
    >>> _refusal("dollars and cents")
    'is not an ISO 4217 currency code'
    """
    word = text.upper()
    if word in _SUCCESSORS:
        return f"is not an ISO 4217 currency code any more; {_SUCCESSORS[word]} took its place"
    nearest = _nearest(word)
    return "is not an ISO 4217 currency code" + (f"; did you mean {nearest}?" if nearest else "")


def _nearest(word: str) -> str:
    """Return the code a word was probably meant to be, '' where none is near.

    >>> _nearest("US$"), _nearest("EURO"), _nearest("GPB"), _nearest("RMB")
    ('USD', 'EUR', 'GBP', 'CNY')
    """
    from difflib import get_close_matches  # only a refusal pays for it

    if word in MINOR_DIGITS:
        return word
    if word in _NICKNAMES:
        return _NICKNAMES[word]
    close = get_close_matches(word[:8], MINOR_DIGITS, n=20)
    return max(close, key=lambda code: (code in _COMMON, code[:2] == word[:2]), default="")
