"""One case base for a team: many case files kept alike through a PostgreSQL server.

The server is a place to leave things, no more: it gets what it keeps sealed with the
team's key, so that neither its administrator nor who steals its disk reads a name.
Nothing below knows of this room.
"""
