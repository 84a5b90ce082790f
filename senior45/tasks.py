"""Jobs of the 45+ site. Their times stand in scheme.py; what there is to do stands in the database."""

from celery import shared_task

from accounts.clock import now
from senior45.services import idling, inventory


@shared_task(name="senior45.tasks.open_inventory")
def open_inventory() -> None:
    """Open this half-year's inventory where there is none yet."""
    inventory.open_due(at=now())


@shared_task(name="senior45.tasks.carry_out_inventory")
def carry_out_inventory() -> None:
    """What ended inventories lead to; nudged when one ends."""
    inventory.carry_out_due(at=now())


@shared_task(name="senior45.tasks.follow_the_law")
def follow_the_law() -> None:
    """Days of idle accounts as the law says since an amendment."""
    idling.follow_the_law(at=now())
