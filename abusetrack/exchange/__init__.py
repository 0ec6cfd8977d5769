"""Exchange with partners: one rule of what may leave, and the formats that others read.

``leaving`` decides what a partner may see, and every format writes from what it gives.
``receiving`` takes in what partners say, which counts for nothing unless it is trusted.
"""
