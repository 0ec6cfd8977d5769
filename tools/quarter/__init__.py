"""An analyst's quarter on the practice internet, and whether its figures are the world's truth.

``make soak`` plays 90 days; the tests play ten.
"""
