"""Letterhead: who sends a document, who gets it, and the logo, each in the room it has."""

from pathlib import Path
from typing import Any

from PIL import Image, UnidentifiedImageError

from invoicectl.errors import NotFoundError, ValidationError

Record = dict[str, Any]

_FIELDS = ("name", "email", "phone", "website", "taxId", "iban", "bic")
_LOGO_FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
_LOGO_PT = (190.0, 54.0)
_PT_PER_PIXEL = 0.75


def party(given: Record | None) -> Record:
    """Return a seller or a customer with every field there is, and the address as `lines`."""
    known = dict.fromkeys(_FIELDS) | (given or {})
    return known | {"name": known["name"] or "", "lines": address_lines(known.get("address") or {})}


def address_lines(address: Record) -> list[str]:
    """Return an address as it is written on an envelope.

    >>> address_lines({"line1": "1 Main St", "city": "Reno", "region": "NV", "postalCode": "89501"})
    ['1 Main St', 'Reno, NV 89501']
    >>> address_lines({"city": "Berlin", "postalCode": "10115", "country": "Germany"})
    ['10115 Berlin', 'Germany']
    """
    line1, line2, city, region, code, country = (
        (address.get(field) or "").strip()
        for field in ("line1", "line2", "city", "region", "postalCode", "country")
    )
    # Where there are regions, and in Britain and Ireland, the postal code stands last.
    if region or code[:1].isalpha():
        place = " ".join(filter(None, (", ".join(filter(None, (city, region))), code)))
    else:
        place = " ".join(filter(None, (code, city)))
    return [line for line in (line1, line2, place, country) if line]


def logo(path: Path | None) -> Record | None:
    """Return the size in points that a logo is drawn in; it is never enlarged.

    Raises:
        NotFoundError: There is no such file.
        ValidationError: It is not a picture that can be embedded.
    """
    if path is None:
        return None
    if not path.is_file():
        raise NotFoundError(f"no logo {path}", hint="set company.logo to a picture file")
    try:
        with Image.open(path, formats=_LOGO_FORMATS) as picture:
            width, height = picture.size
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        reason = f"{path} is not a picture ({', '.join(_LOGO_FORMATS)})"
        raise ValidationError.at("company.logo", reason) from None
    scale = min(_LOGO_PT[0] / width, _LOGO_PT[1] / height, _PT_PER_PIXEL)
    return {"width": round(width * scale, 2), "height": round(height * scale, 2)}
