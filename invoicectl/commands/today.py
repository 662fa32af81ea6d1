"""invoicectl alone: what needs doing today."""

from invoicectl.context import Context


def today(context: Context) -> None:
    """Show what needs doing today, or on a first run how to begin. Nothing is made or changed."""
    from invoicectl.service import today as service

    found = service.today(context.db, context.today)
    if context.format not in {"table", "tsv"}:
        context.show(found, "today")
        return
    from invoicectl.output.today import print_today

    with context.screen() as screen:
        print_today(found, screen, context.db.name)
