"""Every legal figure of the scheme, dated and cited: single figures in `figures`, the table of 遴用條款 in `clauses`."""

from vrs_credentials.params import clauses, figures

FIGURES = (*clauses.FIGURES, *figures.FIGURES)

__all__ = ["FIGURES", "clauses", "figures"]
