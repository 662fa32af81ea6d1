"""Several companies on one machine: each is a profile, with settings and a database of its own."""

from difflib import get_close_matches
from pathlib import Path

from invoicectl.errors import DatabaseError, ValidationError


def default_config() -> Path:
    """Return where the settings are kept when nothing else is said."""
    import platformdirs

    return Path(platformdirs.user_config_dir("invoicectl", appauthor=False)) / "config.toml"


def default_database() -> Path:
    """Return where the database is kept when nothing else is said."""
    import platformdirs

    return Path(platformdirs.user_data_dir("invoicectl", appauthor=False)) / "invoices.db"


def named(name: str) -> str:
    """Return the name of a profile; ValidationError for one that can be no file's name."""
    if name and not (name.replace("-", "").replace("_", "").isalnum() and name.isascii()):
        raise ValidationError.at("--profile", f"{name!r}: letters, digits, - and _ make a name")
    return name


def config_of(profile: str) -> Path:
    """Return where the settings of a profile are kept; '' is the company without a name."""
    return _in_profiles(default_config(), f"{profile}.toml") if profile else default_config()


def database_of(profile: str) -> Path:
    """Return where the database of a profile is kept."""
    return _in_profiles(default_database(), f"{profile}.db") if profile else default_database()


def _in_profiles(path: Path, name: str) -> Path:
    return path.parent / "profiles" / name


def every() -> list[str]:
    """Return the names of the companies there are, by their settings or their database."""
    places = ((config_of("x").parent, "*.toml"), (database_of("x").parent, "*.db"))
    return sorted({path.stem for folder, ending in places for path in folder.glob(ending)})


def refuse_unknown(profile: str) -> None:
    """Raise DatabaseError, with the nearest one that exists, for a profile that does not."""
    there = every()
    if profile not in there:
        near = get_close_matches(profile, there, 1)
        nearest = f"did you mean {near[0]}? " if near else ""
        raise DatabaseError(
            f"there is no profile {profile!r}, and no database at {database_of(profile)}",
            hint=f"{nearest}'invoicectl --profile {profile} init' makes a new one",
        )
