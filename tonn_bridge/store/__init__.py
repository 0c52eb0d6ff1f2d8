"""SQLite: the journal that makes a crash harmless, the mix, the uploads."""

from tonn_bridge.store.records import Charge, Entry
from tonn_bridge.store.store import Store

__all__ = ["Charge", "Entry", "Store"]
