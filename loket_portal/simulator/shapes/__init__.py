"""The shapes of Loket's objects: which fields there are, their types, limits, and which may be null.

Written down from Loket's public page of each call; the rules, the answers and the state are all driven by these tables.
"""
