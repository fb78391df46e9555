"""Reward schemes that are no contest. Their rules stand in `rewards.rules`; they keep no rows yet."""
