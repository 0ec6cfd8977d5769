"""How quick the window is: its start, its event loop, its lists, its memory."""
