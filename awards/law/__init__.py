"""What the regulations say, as dated and cited data, with the pure code that reads it.

Nothing here knows the database, the web or the clock.
"""
