"""Dashboard, JSON state and events, call-back receiver: what a browser and a script see."""
