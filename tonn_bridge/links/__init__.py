"""One link = port + codec + mapping, speaking changes."""
