"""Control surfaces: one link per row of units that stand side by side."""
