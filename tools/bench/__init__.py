"""The lookup benchmark: today's ways and abusetrack, on the practice internet; ``make bench``.

Each client is a process of its own, pinned to one core; the servers are another,
pinned to another core.
"""
