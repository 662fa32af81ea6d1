"""Templates: what there is to choose from, copies to edit, and a look at one. No books are read."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from invoicectl.errors import ConflictError, NotFoundError
from invoicectl.service import documents, parties
from invoicectl.service.act import Act

Record = dict[str, Any]

NEVER_COPIED = "fonts"  # they are found where they are


def listed(act: Act) -> list[Record]:
    """Return every name that `pdf.template` can have: `{name meaning path used}`."""
    from invoicectl.output import styles

    folder, used = documents.template_dir(act), act.settings["pdf.template"]
    used = styles.USUAL if used == "invoice" else used
    rows = []
    for name, path in styles.names(folder).items():
        is_own = folder is not None and path.is_relative_to(folder)
        ours = styles.STYLES.get(name)
        meaning = ours.meaning if ours and not is_own else _own(path)
        rows.append({"name": name, "meaning": meaning, "path": str(path), "used": name == used})
    return rows


def _own(path: Path) -> str:
    return "a style of your own" if path.parent.name == "styles" else "an invoice of your own"


def eject(act: Act, folder: Path, names: Sequence[str]) -> Record:
    """Copy templates into a folder, to be edited there: all of them, or those that are named.

    A file of this name in the folder is never replaced. With a dry run nothing is written.

    Raises:
        NotFoundError: there is no template of a name.
        ConflictError: the folder has one already; nothing is copied.
        PermissionDeniedError: the folder cannot be made.
    """
    from invoicectl.output import files

    ours = _ours()
    wanted = [_named(name, ours) for name in names] or list(ours)
    there = [name for name in wanted if (folder / name).exists()]
    if there:
        hint = "name another folder, or take them away first"
        raise ConflictError(f"{folder} already has {', '.join(there)}", hint=hint)
    for name in () if act.dry_run else wanted:
        files.make_folder((folder / name).parent)
        files.write_bytes(folder / name, ours[name].read_bytes())
    return {"folder": str(folder.absolute()), "templates": wanted}


def _ours() -> dict[str, Path]:
    from invoicectl.output import templates

    home = templates.folders()[-1]
    found = ((path.relative_to(home), path) for path in sorted(home.rglob("*")) if path.is_file())
    return {name.as_posix(): path for name, path in found if name.parts[0] != NEVER_COPIED}


def _named(name: str, ours: dict[str, Path]) -> str:
    """Return the file that is meant: styles/modern.html by that name, modern.html or modern."""
    for meant in (name, f"{name}.html", f"styles/{name}", f"styles/{name}.html"):
        if meant in ours:
            return meant
    raise NotFoundError(f"no template {name}", hint=f"there are {', '.join(ours)}")


def preview(act: Act, template: str, kind: str, folder: Path | None) -> bytes:
    """Draw a sample invoice or credit note by a template (else the usual one) and the settings.

    Where the settings do not say who you are, a sample company stands in. `folder` takes the place
    of `pdf.template_dir`.

    Raises:
        NotFoundError: there is no such template.
        ValidationError: it is wrong; its name, the line and the reason are said.
    """
    from invoicectl.output import documents as drawing
    from invoicectl.output import sample

    seller = parties.seller_now(act)
    paper = sample.document(
        kind,
        seller=seller if seller["name"] else sample.SELLER,
        currency=act.currency,
        today=act.today,
    )
    changes = {"pdf.template_dir": str(folder)} if folder else {}
    settings = documents.settings_of(act, template or act.settings["pdf.template"], **changes)
    return drawing.render(paper, settings=settings)
