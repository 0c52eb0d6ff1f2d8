"""The whole job, offline: stems, a simulated DAW, and a script that checks every step."""
