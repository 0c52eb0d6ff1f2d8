"""A stand-in for the Tonn service over real HTTP, with a mixing engine and faults that can be switched on."""
