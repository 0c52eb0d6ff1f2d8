"""Where a movement of the whole mix is going."""

from enum import StrEnum


class Goal(StrEnum):
    """One of the three mixes that are kept: Tonn's, the user's own, and Tonn's as the hands have left it."""

    PROPOSAL = "proposal"
    USER = "user"
    RIDDEN = "ridden"
