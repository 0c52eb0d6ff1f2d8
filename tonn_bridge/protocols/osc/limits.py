"""How much of OSC is let in: every figure here bounds the time one datagram can cost, and says why it is what it is."""

import re

MAX_DATAGRAM = 65_507
"""Bytes: the most that one UDP datagram carries over IPv4."""

MAX_ADDRESS = 1024
"""Bytes: REAPER's own limit for a whole message; the longest address of any shipped mapping is under 60."""

MAX_STRING = 4096
"""Bytes of one string argument: a long path; track names and display texts stay under 200."""

MAX_ARGUMENTS = 256
"""Per message: AbletonOSC lists all track names or all parameters of a device in one message."""

MAX_ELEMENTS = 2048
"""Per datagram, nested bundles counted: the smallest messages that fill REAPER's largest datagram (32,768 bytes)."""

MAX_DEPTH = 4
"""Bundles inside bundles: nobody is known to send more than one inside another."""

MAX_AHEAD_S = 5.0
"""How far ahead a time tag may lie: senders schedule a few beats; more is a wrong clock."""

PATTERN_CHARACTERS = re.compile(rb"[*?\[\]{}]")
"""OSC's wildcards. An address here is looked up, never matched: 30 bytes of `*` cost a matcher seconds."""

ADDRESS = re.compile(rb"/[ -~]{0,%d}" % (MAX_ADDRESS - 1))
"""Printable ASCII. Wider than OSC 1.0, which leaves out space, `#` and `,`: layouts made by hand contain them."""
