"""SQLite: the journal that makes a crash harmless, the mix, the uploads."""
