"""A routed trip and its bill in a few words, the same on every page and in every report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.decisions.texts import counted, money

if TYPE_CHECKING:
    from engine.decisions.routed import RoutedTrip


def trip_bill(routed: RoutedTrip) -> str:
    """The bill of a routed trip: ``11 days, 1,204 km, 3,206 €``; of several crews their days, too.

    Parameters
    ----------
    routed
        The trip with its day tours.
    """
    cost = routed.cost
    shared = f" ({counted(cost.crew_days, 'crew-day')})" if routed.crews > 1 else ""
    return (
        f"{counted(routed.days, 'day')}{shared}, {cost.km.likely:,.0f} km, "
        f"{money(cost.money.likely, cost.currency)}"
    )


def trip_summary(routed: RoutedTrip) -> str:
    """A routed trip in a line: ``195 parcels, 11 days, 1,892 km, 3,206 €``.

    Parameters
    ----------
    routed
        The trip with its day tours.
    """
    return f"{counted(len(routed.parcels), 'parcel')}, {trip_bill(routed)}"
